"""Chinwag: open a link and talk."""

__version__ = "0.1.0"
