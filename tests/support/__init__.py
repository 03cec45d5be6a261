"""What the tests share: a repository in memory, a repository on disk, the real tools."""
