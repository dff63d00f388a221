"""The Flask application of a process, without what Flask works out anew for each request and is always the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from werkzeug.routing import MapAdapter

MOST_HOSTS = 256
"""Names by which one server is asked for that are kept; a request may claim any."""


class Application(Flask):
    """No function of it is a coroutine, and by which name a server is asked for changes seldom."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bound = lru_cache(MOST_HOSTS)(self._bind)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """As Flask's own; the part of it that hangs on the name of the server is kept."""
        if request is None:
            return super().create_url_adapter(None)
        environ = request.environ
        asked = [environ.get(name) for name in _HOST]
        bound = self._bound(request.scheme, request.root_path, *asked)
        return MapAdapter(
            bound.map,
            bound.server_name,
            bound.script_name,
            bound.subdomain,
            bound.url_scheme,
            request.path,
            request.method,
            request.query_string.decode(errors="replace"),
        )

    def _bind(self, scheme: str, script: str, host: str | None, server: str, port: str) -> MapAdapter:
        """What all requests share that ask for this server by this name."""
        environ = {
            "wsgi.url_scheme": scheme,
            "SCRIPT_NAME": script.encode().decode("latin-1"),
            "SERVER_NAME": server,
            "SERVER_PORT": port,
            "REQUEST_METHOD": "GET",
        }
        whole = self.url_map.bind_to_environ(environ if host is None else {**environ, "HTTP_HOST": host}, subdomain="")
        assert isinstance(whole, MapAdapter)
        return whole


_HOST = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT")
