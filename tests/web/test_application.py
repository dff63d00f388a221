"""The application does what Flask does, and keeps from one request to the next only what is the same for both."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from surveylab.web.application import Application


@pytest.mark.parametrize("kind", [Flask, Application])
def test_functions_around_an_endpoint_are_called_in_the_order_of_flask(kind):
    """Those of the application and those of a blueprint, at the first request and behind it."""
    called = []
    app, inner = kind("here"), Blueprint("inner", "here", url_prefix="/inner")

    def note(what, said=None):
        return lambda *_: called.append(what) or said

    for owner, name in ((app, "app"), (inner, "inner")):
        for number in (1, 2):
            owner.url_value_preprocessor(note(f"look {name} {number}"))
            owner.before_request(note(f"before {name} {number}"))
            owner.after_request(lambda response, what=f"after {name} {number}": called.append(what) or response)
    inner.get("/page")(lambda: "shown")
    app.register_blueprint(inner)
    client = app.test_client()
    once = [
        *("look app 1", "look app 2", "look inner 1", "look inner 2"),
        *("before app 1", "before app 2", "before inner 1", "before inner 2"),
        *("after inner 2", "after inner 1", "after app 2", "after app 1"),
    ]
    for _ in range(2):
        called.clear()
        assert client.get("/inner/page").text == "shown"
        assert called == once
    called.clear()
    assert client.get("/nowhere").status_code == 404
    assert called == [each for each in once if "inner" not in each]


def test_a_function_before_a_request_can_answer_it():
    """Then the endpoint is not asked."""
    app = Application("here")
    app.before_request(lambda: ("not now", 503))
    app.get("/page")(lambda: "shown")
    assert app.test_client().get("/page").status_code == 503


@pytest.mark.parametrize("kind", [Flask, Application])
def test_each_request_is_bound_to_its_own_address(kind):
    """A redirect leads to the name and the scheme that this request came by, and to no earlier one."""
    app = kind("here")
    app.get("/a/b")(lambda: "shown")
    client = app.test_client()
    for scheme in ("http", "https"):
        for host in ("one.example", "two.example:8080"):
            moved = client.get("/a//b", query_string="q=1", base_url=f"{scheme}://{host}/under")
            assert moved.location == f"{scheme}://{host}/under/a/b?q=1"
    assert client.get("/a/b", headers={"Host": "not a host"}).text == "shown"
