"""Measures locksync beside the real tools: `python -m benchmarks`."""
