"""What the tools agree on about package indexes."""

DEFAULT_INDEX_URL = "https://pypi.org/simple"
"""The index that every tool takes where none is named."""
