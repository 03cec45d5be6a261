"""A package index of tiny wheels, served on this machine only."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.wheels import PACKAGES, write_wheels


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        return


def publish(directory: Path, versions: Sequence[str]) -> None:
    """Write the index pages (PEP 503) for these versions of all packages."""
    write_wheels(directory)
    for name in PACKAGES:
        stem = name.replace("-", "_")
        files = [f"{stem}-{version}-py3-none-any.whl" for version in versions]
        links = "".join(f'<a href="/{file}">{file}</a>\n' for file in files)
        page = directory / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")


@contextmanager
def serve(directory: Path) -> Iterator[str]:
    """Serve a directory that `publish` has filled. Yields the URL of the index."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
