"""How uv itself compares uv.lock with the manifests, where that takes a build."""

from __future__ import annotations

from locksync.model import Invocation
from locksync.tools.protocol import LockCheck
from locksync.tools.shared.uv import MANIFEST, SETTINGS, VARIABLES
from locksync.tools.uv_export.run import NO_WORKSPACE

LOCK_CHECK = LockCheck(
    Invocation(
        arguments=("lock", "--check"),
        output="",
        to_stdout=True,
        environment={
            **dict.fromkeys((*VARIABLES, "UV_FROZEN", "UV_LOCKED", "VIRTUAL_ENV")),
            "UV_PYTHON_DOWNLOADS": "never",
        },
        above={SETTINGS: "", MANIFEST: NO_WORKSPACE},
    ),
    says="needs to be updated",
)
