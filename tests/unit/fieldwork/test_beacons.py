"""What of a beacon is believed: nothing that cannot be true."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.fieldwork.beacons import device, parsed, possible

TOLD = {
    "open": 8_250,
    "hidden": 1_250,
    "viewport": [375, 740],
    "pointer": "coarse",
    "items": {"a": {"focus": 500, "input": 900, "changes": 3, "edits": 2, "pasted": True}},
}
KEPT = {
    "open": 8.25,
    "hidden": 1.25,
    "viewport": [375, 740],
    "device": "phone",
    "items": {"a": {"focus": 0.5, "input": 0.9, "changes": 3, "edits": 2, "pasted": True}},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def test_what_can_be_true_is_kept_in_seconds():
    """Milliseconds of the script become seconds, window and pointer a class of device."""
    assert possible(TOLD, ["a", "b"], 10) == KEPT


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"open": 11_001}, ["hidden", "open"]),  # the page was first shown ten seconds ago; a second is allowed for
        ({"open": -1}, ["hidden", "open"]),
        ({"open": "8250"}, ["hidden", "open"]),
        ({"open": True}, ["hidden", "open"]),
        ({"open": float("nan")}, ["hidden", "open"]),
        ({"open": float("inf")}, ["hidden", "open"]),
        ({"open": 10**400}, ["hidden", "open"]),
        ({"hidden": None}, ["hidden", "open"]),
        ({"hidden": 9_251}, ["hidden", "open"]),  # no longer than it was open
        ({"viewport": [375, 0]}, ["device", "viewport"]),
        ({"viewport": [375, 20_001]}, ["device", "viewport"]),
        ({"viewport": [375.5, 740]}, ["device", "viewport"]),
        ({"viewport": [375]}, ["device", "viewport"]),
        ({"viewport": "375x740"}, ["device", "viewport"]),
        ({"pointer": "brain"}, ["device"]),
        ({"pointer": []}, ["device"]),
        ({"items": []}, ["items"]),
        ({"items": {"z": TOLD["items"]["a"]}}, ["items"]),  # not on this page
        ({"items": {"a": {"changes": 2, "edits": 3}}}, ["items"]),  # more edits than changes
        ({"items": {"a": {"changes": 10_001, "edits": 0}}}, ["items"]),
        ({"items": {"a": 7}}, ["items"]),
        ({"fonts": ["Comic Sans"], "canvas": "data:"}, []),
    ],
)
def test_what_cannot_be_true_is_left_out(change, lost):
    """And takes nothing else with it."""
    kept = possible({**TOLD, **change}, ["a", "b"], 10)
    assert kept == {name: value for name, value in KEPT.items() if name not in lost}


@pytest.mark.parametrize("focus", [8_250 + 1_001, -1, "soon", None])
def test_a_moment_outside_the_display_is_none(focus):
    """How often the item was changed is still known."""
    item = {**TOLD["items"]["a"], "focus": focus, "pasted": "yes"}
    (kept,) = possible({**TOLD, "items": {"a": item}}, ["a"], 10)["items"].values()
    assert kept == {"focus": None, "input": 0.9, "changes": 3, "edits": 2, "pasted": False}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"7", b"null", b"{", b"\xff{}", b"[" * 100_000, b'{"open": ' + b"9" * 5_000 + b"}", b'"open"'],
)
def test_what_is_no_beacon_says_nothing(body):
    """Malformed, of another kind, nested without end: empty, and no exception."""
    assert parsed(body) == {}


@given(JSON)
def test_no_json_breaks_the_reading(said):
    """Whatever is sent, and what is kept of it can be kept as JSON."""
    told = parsed(json.dumps(said).encode("utf-8", "surrogatepass"))
    json.dumps(possible(told, ["a"], 10), allow_nan=False)


@given(st.dictionaries(st.sampled_from(sorted(TOLD)), JSON))
def test_no_value_breaks_the_reading(change):
    """In the places that are read."""
    json.dumps(possible({**TOLD, **change}, ["a"], 10), allow_nan=False)


@pytest.mark.parametrize(
    ("side", "coarse", "named"),
    [(375, True, "phone"), (599, True, "phone"), (600, True, "tablet"), (320, False, "computer")],
)
def test_window_and_pointer_tell_the_device(side, coarse, named):
    """A small window that a mouse points in is a computer's; a tablet that calls itself a computer is a tablet."""
    assert device(side, coarse=coarse) == named
