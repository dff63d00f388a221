"""Gzip on the wire: for documents as they are sent, for assets packed once.

Granian sends what it is given. Why documents that hold a signature may be packed, and why gzip
and not Brotli: docs/decisions/0005-compression.md.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as AnyResponse

DOCUMENTS = ("text/html",)
LEAST = 600
"""Bytes below which a document fits into one packet with its headers, packed or not."""
QUICK, SMALL = 4, 9
"""Levels: of what is packed for each request, and of what is packed once."""


def packed(content: bytes, level: int = SMALL) -> bytes:
    """The content as gzip, the same bytes each time."""
    return gzip.compress(content, level, mtime=0)


def negotiate(response: AnyResponse, content: bytes | None = None) -> None:
    """Send ``response`` packed where the client takes that; ``content`` is its packed form, if there is one already."""
    response.headers["Vary"] = "Accept-Encoding"
    if not _takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", "")):
        return
    response.set_data(packed(response.get_data(), QUICK) if content is None else content)
    response.headers["Content-Encoding"] = "gzip"


def register(app: Flask) -> None:
    """Pack every document that is long enough."""

    @app.after_request
    def pack(response: Response) -> Response:
        if response.mimetype in DOCUMENTS and response.is_sequence and sum(map(len, response.response)) >= LEAST:
            negotiate(response)
        return response


@lru_cache(1_000)  # of browsers there are few
def _takes_gzip(header: str) -> bool:
    """Whether the client takes gzip, and does not rather have it plain."""
    accepted = parse_accept_header(header, Accept)
    return accepted.quality("gzip") > 0 and accepted.quality("gzip") >= accepted.quality("identity")
