"""Writes what is generated: wire types for the page, references, schemas."""
