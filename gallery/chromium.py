"""The system's Chromium, and a server on loopback for it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def chromium(*, keeps_pages: bool = False) -> Iterator[Browser]:
    """A running Chromium, ended behind the block.

    ``keeps_pages``: it keeps pages alive that were left, and Back shows them as they were, as it does for people.

    Raises:
        FileNotFoundError: there is none on the PATH.
    """
    path = shutil.which("chromium")
    if path is None or not Path(path).exists():
        raise FileNotFoundError("chromium is not on the PATH; the pages are shown and tested in the system's Chromium.")
    with sync_playwright() as playwright:
        without = ["--disable-back-forward-cache"] if keeps_pages else []
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, ignore_default_args=without)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address on loopback at which an application is served, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing."""
