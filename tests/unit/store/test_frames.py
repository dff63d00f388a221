"""Frames come back as they were loaded, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import func, select

from surveylab.errors import SurveylabError
from surveylab.store import frames, people, snapshots
from surveylab.store._bulk import CHUNK
from surveylab.store.ledger import Ledger
from surveylab.store.tables import frame_unit, person


def _load(ledger: Ledger, units, prenotice, name: str = "customers", source: str = "d") -> frames.StoredFrame:
    with ledger.write() as conn:
        return snapshots.replace_frame(conn, name, source, units, prenotice.now)


def test_units_come_in_the_order_of_code_points(ledger: Ledger, prenotice) -> None:
    """Whatever the locale of the server: capitals before small letters, letters before umlauts."""
    ids = ["b", "B", "a10", "a2", "Z", "ä", "z", "_", "€", "\U0001f600", "\uffee"]
    _load(ledger, [(unit, {"n": i}, None) for i, unit in enumerate(ids)], prenotice)
    with ledger.read() as conn:
        found, fields = frames.units(conn, "customers", ["n"])
    assert found.tolist() == sorted(ids)
    assert fields["n"].tolist() == [ids.index(unit) for unit in sorted(ids)]


def test_fields_keep_their_type(ledger: Ledger, prenotice) -> None:
    """Text, whole number, number and truth value each become such an array; a mixture stays objects."""
    units = [
        ("a", {"text": "07", "whole": 7, "number": 7.5, "truth": True, "mixed": 1, "some": "x", "big": 2**70}, None),
        ("b", {"text": "ü", "whole": -1, "number": 1, "truth": False, "mixed": "1", "big": 1}, None),
    ]
    _load(ledger, units, prenotice)
    names = ["text", "whole", "number", "truth", "mixed", "some", "big"]
    with ledger.read() as conn:
        _, fields = frames.units(conn, "customers", names)
    assert {name: fields[name].dtype.kind for name in names} == dict(zip(names, "UifbOOO", strict=True))
    assert fields["mixed"].tolist() == [1, "1"]
    assert fields["some"].tolist() == ["x", None]
    assert fields["big"].tolist() == [2**70, 1]
    assert fields["text"].tolist() == ["07", "ü"]


def test_a_frame_is_replaced_as_a_whole(ledger: Ledger, prenotice) -> None:
    """Loading again leaves no unit and no person of before on the frame, and keeps the row of the frame."""
    before = _load(ledger, [("a", {"x": 1}, {"name": "A"}), ("b", {"x": 2}, None)], prenotice)
    _load(ledger, [("other", {"x": 1}, {"name": "O"})], prenotice, "staff")
    after = _load(ledger, [("c", {"y": "1"}, {"name": "C"})], prenotice, source="d2")
    with ledger.read() as conn:
        assert frames.frame(conn, "customers") == after
        assert frames.unit_fields(conn, after, ["a", "b", "c"]) == {"c": {"y": "1"}}
        assert people.people(conn, after.id, ["a", "b", "c"]) == {"c": {"name": "C"}}
        assert conn.scalar(select(func.count()).select_from(person)) == 2
    assert (after.id, after.number, after.units, after.fields) == (before.id, 2, 1, ("y",))
    assert (after.source, after.loaded_at) == ("d2", prenotice.now)


def test_an_id_that_comes_twice_is_named_and_nothing_is_stored(ledger: Ledger, prenotice) -> None:
    """Within a chunk or far apart, the message names the id; the frame of before is still there."""
    _load(ledger, [("old", {}, None)], prenotice)
    near = [("a", {}, None), ("b", {}, None), ("a", {}, None)]
    far = [(f"u{i:06}", {}, None) for i in range(50_001)] + [("u000007", {}, None)]
    for units, twice in ((near, "'a'"), (far, "'u000007'")):
        with pytest.raises(SurveylabError, match=rf"lists {twice} more than once"):
            _load(ledger, units, prenotice)
        with ledger.read() as conn:
            assert conn.scalars(select(frame_unit.c.unit)).all() == ["old"]


def test_unknown_frames_and_fields_are_told_with_the_nearest_name(ledger: Ledger, prenotice) -> None:
    """The message says what there is."""
    _load(ledger, [("a", {"region": 1}, None)], prenotice)
    with ledger.read() as conn:
        with pytest.raises(SurveylabError, match="No frame is called 'custom'"):
            frames.units(conn, "custom", [])
        with pytest.raises(SurveylabError, match="Did you mean 'region'"):
            frames.units(conn, "customers", ["regoin"])
        assert frames.frame(conn, "custom") is None


def test_loading_streams(ledger: Ledger, prenotice) -> None:
    """Memory is bounded: of 130,000 units, no more than two chunks are ever held at once."""
    living = 0
    most = 0

    class Fields(dict[str, int]):
        """A dictionary that is counted while it lives."""

        def __init__(self, **fields: int) -> None:
            nonlocal living, most
            super().__init__(**fields)
            living += 1
            most = max(most, living)

        def __del__(self) -> None:
            nonlocal living
            living -= 1

    def units() -> Iterator[snapshots.Unit]:
        return ((f"u{i:07}", Fields(x=i), None) for i in range(130_000))

    assert _load(ledger, units(), prenotice).units == 130_000
    assert most <= 2 * CHUNK


def test_an_empty_frame_is_a_frame(ledger: Ledger, prenotice) -> None:
    """No units: arrays of length 0."""
    _load(ledger, [], prenotice)
    with ledger.read() as conn:
        ids, fields = frames.units(conn, "customers", [])
    assert ids.shape == (0,)
    assert ids.dtype.kind == "U"
    assert fields == {}
    assert np.array_equal(ids, np.array([], dtype=np.str_))
