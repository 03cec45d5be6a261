"""Greets by name."""
