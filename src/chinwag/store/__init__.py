"""Where everything is kept: one SQL for two databases, behind the handlers' ports."""
