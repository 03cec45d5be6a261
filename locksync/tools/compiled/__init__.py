"""What pip-compile and `uv pip compile` share.

Only a resolver can compile, so locksync does not render these outputs. Instead it proves them: a
compiled file states why each pin is there, and `prove` compares that with the inputs as they are
now. The inputs act as the manifest, and the compiled file acts as its own lock file.
"""
