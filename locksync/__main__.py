"""`python -m locksync`."""

import sys

from locksync.cli import main

sys.exit(main())
