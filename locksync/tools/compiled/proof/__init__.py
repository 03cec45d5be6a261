"""The facts that `prove` checks, one module for each kind."""
