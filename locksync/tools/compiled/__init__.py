"""Requirements files compiled from input files: what pip-compile and `uv pip compile` share.

Their output needs a resolver, so it is not rendered. But it states why each pin is there, and that
can be compared with the inputs as they are now.
"""
