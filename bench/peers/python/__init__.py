"""Servers on libraries of Python, each a program of its own in its own environment."""
