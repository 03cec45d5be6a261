"""A package index of tiny wheels, served on this machine only."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from tests.support.wheels import PACKAGES, write_wheels


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        return


class _Dated(_Quiet):
    """Answers with the pages that tell when files were uploaded (PEP 700)."""

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        is_page = os.fspath(path).endswith(".json")
        return "application/vnd.pypi.simple.v1+json" if is_page else super().guess_type(path)

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        if self.path.endswith("/"):
            self.path += "index.json"
        return super().send_head()


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


def date(directory: Path, versions: Sequence[str], uploaded: str) -> None:
    """Write the pages of a directory that `publish` has filled again, with a time of upload."""
    for name in PACKAGES:
        stem = name.replace("-", "_")
        files = [f"{stem}-{version}-py3-none-any.whl" for version in versions]
        document = {
            "meta": {"api-version": "1.1"},
            "name": name,
            "versions": list(versions),
            "files": [
                {
                    "filename": file,
                    "url": f"/{file}",
                    "hashes": {"sha256": sha256((directory / file).read_bytes()).hexdigest()},
                    "upload-time": uploaded,
                    "size": (directory / file).stat().st_size,
                }
                for file in files
            ],
        }
        (directory / "simple" / name / "index.json").write_text(json.dumps(document))


@contextmanager
def serve(directory: Path, *, is_dated: bool = False) -> Iterator[str]:
    """Serve a directory that `publish` has filled. Yields the URL of the index.

    `is_dated`: with the pages that `date` has written.
    """
    handler = _Dated if is_dated else _Quiet
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
