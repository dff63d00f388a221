"""The Flask application of a process, without what Flask works out anew for each request and is always the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.routing import MapAdapter

MOST_HOSTS = 256
"""Names by which one server is asked for that are kept; a request may claim any."""


@dataclass(frozen=True)
class _Around:
    """The functions around an endpoint, in the order in which they are called."""

    looking: tuple[Callable[..., Any], ...]
    before: tuple[Callable[..., Any], ...]
    after: tuple[Callable[..., Any], ...]


class Application(Flask):
    """No function of it is a coroutine, it has no sessions, and by which name it is asked for changes seldom."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bound = lru_cache(MOST_HOSTS)(self._bind)
        self._around: dict[str | None, _Around] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """As Flask's own; which functions stand before an endpoint is looked up once."""
        asked = request_ctx.request
        around = self._around_of(asked)
        for look in around.looking:
            look(asked.endpoint, asked.view_args)
        for ask in around.before:
            said: ResponseReturnValue | None = ask()
            if said is not None:
                return said
        return None

    def process_response(self, response: Response) -> Response:
        """As Flask's own; which functions stand behind an endpoint is looked up once, and no session is kept."""
        context = request_ctx._get_current_object()  # type: ignore[attr-defined]  # as Flask does itself
        for change in (*context._after_request_functions, *self._around_of(context.request).after):
            response = change(response)
        return response

    def _around_of(self, asked: Request) -> _Around:
        endpoint = asked.endpoint
        if endpoint not in self._around:  # no function can be added behind the first request
            inner = tuple(asked.blueprints)
            outer = (None, *reversed(inner))
            self._around[endpoint] = _Around(
                tuple(each for name in outer for each in self.url_value_preprocessors.get(name, ())),
                tuple(each for name in outer for each in self.before_request_funcs.get(name, ())),
                tuple(each for name in (*inner, None) for each in reversed(self.after_request_funcs.get(name, ()))),
            )
        return self._around[endpoint]

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
