"""What goes over the wire is packed where the client takes it, and is the same either way."""

from __future__ import annotations

import gzip
import re

import pytest

from surveylab.web.compression import LEAST

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def addresses(browser, long_token):
    """A document and both assets."""
    page = browser.post(browser.start(long_token), {"recommend": "11"})
    return [f"/r/{long_token}", *re.findall(r'/assets/[^"]+', page.text)]


def plain(text):
    """A document without what is drawn anew for each rendering."""
    return re.sub(rb'value="[0-9a-f]+-[\w-]+"|value="[0-9a-f]{64}"', b"~", text)


def test_documents_and_assets_are_packed_for_who_takes_it(browser, addresses):
    """Under six tenths of their length; what comes out is what everybody else gets."""
    assert len(addresses) == 3
    for address in addresses:
        packed, other = browser.client.get(address, headers=GZIP), browser.get(address)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in other.headers
        assert plain(gzip.decompress(packed.data)) == plain(other.data)
        assert int(packed.headers["Content-Length"]) == len(packed.data) < 0.6 * len(other.data)
        for response in (packed, other):
            assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0, *", "identity, gzip;q=0.5"])
def test_nothing_is_packed_for_who_does_not_take_it(browser, addresses, accepted):
    """Nor for who would rather not."""
    for address in addresses:
        response = browser.client.get(address, headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in response.headers
        assert response.headers["Vary"] == "Accept-Encoding"


def test_short_documents_and_redirects_are_left_alone(browser, long_token):
    """A packet is a packet."""
    redirect = browser.client.get(f"/r/{long_token}/thanks", headers=GZIP)
    assert redirect.status_code == 303
    assert len(redirect.data) < LEAST
    assert "Content-Encoding" not in redirect.headers


def test_no_two_renderings_hold_the_same_secret(browser, long_token):
    """So lengths of packed pages cannot be added up to a signature."""
    pages = [browser.get(f"/r/{long_token}") for _ in range(3)]
    assert len({browser.hidden(page)["_signature"] for page in pages}) == 3


def test_a_head_tells_the_length_of_what_would_come(browser, addresses):
    """And has no body."""
    for address in addresses[1:]:
        head, get = (browser.client.open(address, method=method, headers=GZIP) for method in ("HEAD", "GET"))
        assert head.data == b""
        assert head.headers["Content-Length"] == get.headers["Content-Length"]
