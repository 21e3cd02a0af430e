"""How what has happened reaches everybody who listens."""
