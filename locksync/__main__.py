"""`python -m locksync`."""

import sys

# `python -m` imports modules from the working directory first. A check must run no code from there.
if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]

from locksync.cli import main

sys.exit(main())
