"""`python -m locksync`."""

import sys

# `python -m` looks for modules in the working directory first, and checks run no code from there.
if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]

from locksync.cli import main

sys.exit(main())
