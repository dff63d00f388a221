"""The headers of every response: nothing from elsewhere, nothing told to elsewhere, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from surveylab.web.desk import is_embedded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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
POLICY_HEADER = "Content-Security-Policy"
ALWAYS = {
    POLICY_HEADER: POLICY,
    "Referrer-Policy": "no-referrer",  # the address of a page holds the personal token
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def register(app: Flask, origins: tuple[str, ...] = ()) -> None:
    """Set the headers on every response; a page is stored nowhere, unless it says so itself.

    ``origins`` may show the pages of a prompt in a frame. Only a response that sets a policy of its own keeps that.
    """
    framed = {**ALWAYS, POLICY_HEADER: POLICY.replace(NO_FRAME, f"frame-ancestors {' '.join(origins)}")}
    inner = app.wsgi_app

    def secured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        wanted = framed if origins and is_embedded(environ.get("PATH_INFO", "")) else ALWAYS

        def start(code: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            said = {name for name, _ in headers}
            more = [pair for pair in wanted.items() if pair[0] not in said]
            return start_response(code, headers + more, error)

        return inner(environ, start)

    app.wsgi_app = secured  # type: ignore[method-assign]  # as Flask says it is done
