"""locksync keeps derived requirements files in step with their lock files."""

__version__ = "0.1.0"
