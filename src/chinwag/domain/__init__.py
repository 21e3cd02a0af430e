"""Values and rules: frozen, pure, and the same wherever they run."""
