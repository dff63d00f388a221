"""The headers of every response: nothing from elsewhere, nothing told to elsewhere, nothing kept."""

from __future__ import annotations

from flask import Flask
from werkzeug.wrappers import Response

from surveylab.web.desk import embedded

NO_FRAME = "frame-ancestors 'none'"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        NO_FRAME,
    )
)
OF_PICTURES = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""The policy of a logo: a drawing may have its styles in it, and does nothing where it is opened by itself."""
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",  # the address of a page holds the personal token
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask, origins: tuple[str, ...] = ()) -> None:
    """Set the headers on every response; a page is stored nowhere, unless it says so itself.

    ``origins`` may show the pages of a prompt in a frame. Only a response that sets a policy of its own keeps that.
    """
    framed = POLICY.replace(NO_FRAME, f"frame-ancestors {' '.join(origins)}")

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if origins and embedded():
            response.headers["Content-Security-Policy"] = framed
        response.headers.setdefault("Cache-Control", "no-store")
        return response
