"""Benchmarks of locksync and the real tools. Run them with `python -m benchmarks`."""
