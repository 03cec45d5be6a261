"""Shared by the tests: a repository in memory, a repository on disk, the real tools."""
