"""A gateway of text messages on this machine, and the channel set up for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal import gateway as gateways
from rehearsal.gateway import ACCOUNT, TOKEN, Gateway
from surveylab.channels import Outgoing


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway that runs while the test does."""
    with gateways.running() as running:
        yield running


@pytest.fixture
def twilio(gateway: Gateway) -> dict[str, str]:
    """The settings for its shape of forms."""
    return {"url": gateway.url, "gateway": "twilio", "account": ACCOUNT, "token": TOKEN, "from": "+4915112345678"}


@pytest.fixture
def plain(gateway: Gateway) -> dict[str, str]:
    """The settings for its shape of JSON."""
    return {"url": f"{gateway.url}/messages", "gateway": "json", "token": TOKEN, "from": "Survey"}


@pytest.fixture(params=["twilio", "plain"])
def settings(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The settings for each of the shapes in turn."""
    found: Mapping[str, str] = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def message() -> Any:
    """Makes messages: each key is another contact."""

    def made(key: str = "k1", **how: Any) -> Outgoing:
        link = "https://survey.example.org/r/abc"
        said = {"address": "+4915112345679", "subject": "never sent", "body": f"Please answer: {link}"}
        return Outgoing(**{"key": key, "unit": "u1", "link": link, "opt_out": f"{link}/stop", **said, **how})

    return made
