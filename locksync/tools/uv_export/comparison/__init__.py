"""The facts that `freshness` compares, one module for each kind.

Each check yields differences between a lock file and its manifests, in words, or raises
UndecidableError.
"""
