"""locksync keeps derived requirements files true to the lock files they come from."""

__version__ = "0.1.0"
