"""The default package index."""

DEFAULT_INDEX_URL = "https://pypi.org/simple"
"""The index that every tool uses if none is named."""
