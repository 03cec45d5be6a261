"""How the tests start Pythons that run what is in the checkout."""

from __future__ import annotations

import sys

PYTHON = (sys.executable, "-B")
"""It writes no bytecode: a child that is killed or may write little would leave half of a file."""
