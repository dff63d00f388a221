"""What a visit costs over the wire, as Chromium's network counts it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gallery.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

BUDGET = 30_000
"""Bytes of a first visit: headers and bodies of the document, its style sheet and its script."""
ONCE = ("Stylesheet", "Script")


@dataclass
class Network:
    """What a tab fetched since the last look: (kind, address, bytes over the wire, headers)."""

    session: object
    open: dict[str, tuple[str, str]] = field(default_factory=dict)
    heads: dict[str, dict[str, str]] = field(default_factory=dict)
    fetched: list[tuple[str, str, int, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self):
        """Begin to listen."""
        self.session.on("Network.responseReceived", self._answered)
        self.session.on("Network.loadingFinished", self._finished)
        self.session.send("Network.enable")

    def first_visit(self):
        """Forget what was kept: the next page is opened by somebody new."""
        self.session.send("Network.clearBrowserCache")

    def since(self):
        """What came over the wire since this was asked last; what was kept from before did not."""
        seen, self.fetched = self.fetched, []
        return [each for each in seen if each[2] and not each[1].startswith("data:")]

    def _answered(self, event):
        answer = event["response"]
        kept = answer.get("fromDiskCache") or answer.get("fromPrefetchCache")
        if not kept:
            self.open[event["requestId"]] = (event["type"], answer["url"])
            self.heads[event["requestId"]] = {name.lower(): value for name, value in answer["headers"].items()}

    def _finished(self, event):
        if event["requestId"] in self.open:
            kind, url = self.open.pop(event["requestId"])
            size = int(event["encodedDataLength"])
            self.fetched.append((kind, url, size, self.heads.pop(event["requestId"])))


@pytest.fixture
def app(stage):
    """The application with everything in the field."""
    return stage.app


@pytest.fixture
def tab(chromium):
    """A tab, and what it fetches."""
    page = chromium(375)
    network = Network(page.context.new_cdp_session(page))
    return page, network


def test_a_first_visit_is_light(tab, base, stage):
    """On every page of every question type: at most 30 kB, one document, one style sheet and one script, all ours."""
    page, network = tab
    weights = {}
    for place in walk(page, base, stage.every_type(), ("empty", "error")):
        network.first_visit()
        network.since()
        page.reload(wait_until="load")
        fetched = network.since()
        kinds = [kind for kind, *_ in fetched]
        assert kinds.count("Document") == 1, (place, fetched)
        assert all(kinds.count(kind) <= 1 for kind in ONCE), (place, fetched)
        assert set(kinds) <= {"Document", *ONCE}, (place, fetched)
        assert all(url.startswith(base) for _, url, *_ in fetched), (place, fetched)
        weights[place] = sum(size for *_, size, _ in fetched)
    assert max(weights.values()) <= BUDGET, max(weights.items(), key=lambda each: each[1])
    assert min(weights.values()) > 1_000, "nothing was counted"


def test_the_next_page_is_a_document_and_nothing_else(tab, base, stage):
    """Style sheet and script are kept for a year, and no page asks for either twice."""
    page, network = tab
    known = set()
    for place in walk(page, base, stage.every_type()):
        page.wait_for_load_state("load")
        fetched = network.since()
        fresh = [url for kind, url, *_ in fetched if kind in ONCE]
        assert not known & set(fresh), place
        known |= set(fresh)
        for kind, url, _, headers in fetched:
            if kind in ONCE:
                assert headers["cache-control"] == "public, max-age=31536000, immutable"
            else:
                assert kind == "Document", (place, kind, url)
                assert headers["cache-control"] == "no-store"
            assert headers["content-encoding"] == "gzip", url
    assert len(known) == len(ONCE)
