"""Holdout, layers, ramps, rest and versions: who is left out, counted, and never moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from surveylab import spec
from surveylab.design.experiment import Study
from surveylab.errors import SpecError, SurveylabError
from surveylab.fieldwork import recruit
from surveylab.fieldwork.reach import Line
from surveylab.store import assignments, cases, experiments, snapshots
from surveylab.store.ledger import Ledger

EXPERIMENT = """
format: 1
title: A trial
frame: {{source: people}}
sampling: {{scheme: srs, n: {n}}}
assignment: {{scheme: hashed, factors: {{f: {{varies: items.a.text, levels: {{x: "What?", y: "Which?"{more}}}}}}}}}
measurement: {{instrument: questions, language: en}}
inquiries: {{f_on_response: {{outcome: response, contrast: {{f: [x, y]}}}}}}
{extra}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a]}]
items: [{id: a, type: short_text, text: "What?"}]
"""
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNITS = [f"u{number:04d}" for number in range(1_000)]


def study(extra: str = "", slug: str = "trial", n: int = 20, more: str = "") -> Study:
    """A study of a thousand people."""
    main = f"{slug}.yaml"
    text = EXPERIMENT.format(extra=extra, n=n, more=more)
    return spec.read_documents({main: text, "questions.yaml": INSTRUMENT}, main)


def people() -> Iterator[tuple[str, dict[str, Any], None]]:
    """Units without fields."""
    yield from ((unit, {}, None) for unit in UNITS)


@pytest.fixture
def loaded(ledger: Ledger) -> Ledger:
    """A ledger with the people."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "people", "digest", people(), NOW)
    return ledger


def units_of(ledger: Ledger, slug: str, version: int = 1) -> dict[str, str]:
    """Unit -> level of f, of one version."""
    with ledger.read() as conn:
        (row,) = (each for each in experiments.versions(conn, slug) if each.version == version)
        kept = assignments.assignments(conn, row.id)
    return dict(zip(kept.unit.tolist(), kept.factors["f"].level.tolist(), strict=True))


def test_parts_of_a_layer_never_meet_and_fill_it(loaded: Ledger) -> None:
    """Two experiments at [0, 0.4] and [0.4, 1], each drawing all of its part: 1,000 people in all, none twice."""
    shares = {"one": "[0, 0.4]", "two": "[0.4, 1]"}
    lines = [
        Line("layer", "wording", *edges) for edges in ((Fraction(0), Fraction(2, 5)), (Fraction(2, 5), Fraction(1)))
    ]
    sizes = [int(line.kept(UNITS).sum()) for line in lines]
    assert sum(sizes) == 1_000
    assert abs(sizes[0] - 400) / np.sqrt(240) < 4
    for (slug, share), size in zip(shares.items(), sizes, strict=True):
        drawn = recruit.draw(loaded, study(f"layer: {{name: wording, share: {share}}}", slug, size), NOW)
        assert drawn.excluded == {"layer": 1_000 - size}
        assert drawn.eligible == 1_000
        assert recruit.audit(loaded, slug).differences == ()
    one, two = units_of(loaded, "one"), units_of(loaded, "two")
    assert len(one.keys() | two.keys()) == len(one) + len(two) == 1_000


def test_lines_are_independent_of_each_other_and_of_the_arms(loaded: Ledger) -> None:
    """Of a tenth held out, a half of a layer and an arm of a half: counts of all eight cells, chi-square below 24.3."""
    holdout = Line("holdout", "", Fraction(1, 2), Fraction(1)).kept(UNITS)
    layer = Line("layer", "x", Fraction(0), Fraction(1, 2)).kept(UNITS)
    ramp = Line("ramp", "trial", Fraction(0), Fraction(1, 2)).kept(UNITS)
    recruit.draw(loaded, study(n=1_000), NOW)
    arm = np.array([level == "x" for _, level in sorted(units_of(loaded, "trial").items())])
    cells = np.unique(8 * holdout + 4 * layer + 2 * ramp + arm, return_counts=True)[1]
    assert len(cells) == 16
    assert ((cells - 62.5) ** 2 / 62.5).sum() < 44.3  # 15 degrees of freedom, p = 1e-4


def test_the_holdout_is_one_for_all_experiments(loaded: Ledger) -> None:
    """Whoever is held out of one is held out of the other; a smaller holdout is part of a larger one."""
    kept = [
        set(np.array(UNITS)[Line("holdout", "", share, Fraction(1)).kept(UNITS)])
        for share in (Fraction(1, 10), Fraction(1, 5))
    ]
    assert kept[1] < kept[0]
    for slug in ("one", "two"):
        drawn = recruit.draw(loaded, study("holdout: 0.1", slug, len(kept[0])), NOW)
        assert drawn.excluded == {"holdout": 1_000 - len(kept[0])}
        assert set(units_of(loaded, slug)) == kept[0]


def test_a_raised_ramp_adds_people_and_moves_nobody(loaded: Ledger) -> None:
    """From a tenth to a half in a new version: who was in keeps arm and version, and is not drawn again."""
    first = int(Line("ramp", "trial", Fraction(0), Fraction(1, 10)).kept(UNITS).sum())
    half = int(Line("ramp", "trial", Fraction(0), Fraction(1, 2)).kept(UNITS).sum())
    recruit.draw(loaded, study("ramp: 0.1", n=first), NOW)
    before = units_of(loaded, "trial")
    drawn = recruit.draw(loaded, study("ramp: 0.5", n=half - first), NOW, new_version=True)
    assert drawn.version == 2
    assert drawn.excluded == {"ramp": 1_000 - half, "earlier": first}
    assert units_of(loaded, "trial") == before
    assert not before.keys() & units_of(loaded, "trial", 2).keys()
    audited = recruit.audit(loaded, "trial")
    assert audited.differences == ()
    assert audited.cases == half


def test_an_arm_that_is_added_opens_a_version_and_nothing_catches_up(loaded: Ledger) -> None:
    """The cases of before keep their probabilities of a half; those who come have a third."""
    recruit.draw(loaded, study(n=300), NOW)
    changed = study(n=300, more=', z: "Whatever?"')
    with pytest.raises(SurveylabError, match="--new-version"):
        recruit.draw(loaded, changed, NOW)
    recruit.draw(loaded, changed, NOW, new_version=True)
    with pytest.raises(SurveylabError, match="drawn already"):
        recruit.draw(loaded, changed, NOW, new_version=True)
    with loaded.read() as conn:
        rows = {row.version: row.id for row in experiments.versions(conn, "trial")}
        chances = {n: set(assignments.assignments(conn, row).factors["f"].chance) for n, row in rows.items()}
    assert chances == {1: {Fraction(1, 2)}, 2: {Fraction(1, 3)}}
    assert set(units_of(loaded, "trial", 2).values()) == {"x", "y", "z"}
    assert recruit.audit(loaded, "trial").differences == ()


def test_who_was_asked_rests(loaded: Ledger) -> None:
    """Cases of another experiment are left out until the rest is over; a contact begins it anew; the audit agrees."""
    recruit.draw(loaded, study(slug="other", n=400), NOW)
    rested = study("rest: P90D", n=600)
    later = NOW + timedelta(days=89)
    with pytest.raises(SurveylabError):
        recruit.draw(loaded, study("rest: P90D", n=601), later)
    drawn = recruit.draw(loaded, rested, later)
    assert drawn.excluded == {"resting": 400}
    assert not units_of(loaded, "trial").keys() & units_of(loaded, "other").keys()
    assert recruit.audit(loaded, "trial").differences == ()
    free = recruit.draw(loaded, study("rest: P90D", "third", 400), NOW + timedelta(days=90))
    assert free.excluded == {"resting": 600}
    with loaded.read() as conn:
        assert len(cases.units_asked(conn, NOW, NOW + timedelta(days=90), other_than="third")) == 600


def test_who_is_left_out_is_said_where_nobody_is_left(loaded: Ledger) -> None:
    """With the purpose and the number."""
    recruit.draw(loaded, study(slug="other", n=1_000), NOW)
    with pytest.raises(SurveylabError, match=r"1,000 \(resting\)"):
        recruit.draw(loaded, study("rest: P1D"), NOW)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("layer: {name: a, share: [0.4, 0.4]}", "SL106"),
        ("layer: {name: a, share: [0, 1.4]}", "SL106"),
        ("layer: {name: a, share: [0]}", "SL105"),
        ("layer: {share: [0, 1]}", "SL102"),
        ("holdout: 1", "SL441"),
        ("holdout: 0", "SL106"),
        ("ramp: some", "SL106"),
        ("rest: 90 days", "SL108"),
    ],
)
def test_shares_at_fault(extra: str, code: str) -> None:
    """Told as they are read."""
    with pytest.raises(SpecError) as caught:
        study(extra)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_strangers_cannot_be_held_to_a_share() -> None:
    """Behind an open link everybody is new."""
    text = EXPERIMENT.format(extra="ramp: 0.5", n=1, more="").replace("frame: {source: people}\n", "")
    text = text.replace("sampling: {scheme: srs, n: 1}\n", "")
    with pytest.raises(SpecError) as caught:
        spec.read_documents({"t.yaml": text, "questions.yaml": INSTRUMENT}, "t.yaml")
    assert [fault.code for fault in caught.value.faults] == ["SL441"]
