"""Faults of scores: what they name, what their rule takes, what respondents are told."""

from __future__ import annotations

import pytest

SCORES = "thanks: Thank you.\nscores:\n  total: "
GRID = "  - {id: drivers, type: grid, text: How?, options: {1: Lo, 2: Mid, 3: Hi}, rows: {a: A, b: B}}\n"
SINGLES = """  - {id: gaps, type: single, text: How?, options: {1: Lo, 3: Mid, 5: Hi}}
  - {id: ease, type: single, text: How?, options: {1: Lo, 2: Mid, 3: Hi}, other: {9: Else}}
"""


def scored(files, score):
    """The files with a score and a battery."""
    files.change("thanks: Thank you.\n", f"{SCORES}{score}\n")
    files.change("items: [why, sources]", "items: [why, sources, drivers, gaps, ease]")
    return files.change("items:\n  - {id: rating", f"items:\n{GRID}{SINGLES}  - {{id: rating")


@pytest.mark.parametrize(
    ("score", "code", "start"),
    [
        ("{rule: nps, items: [ratin]}", "SL305", "ratin]"),
        ("{rule: mean, items: [drivers.c]}", "SL305", "drivers.c"),
        ("{rule: mean, items: [drivers], reversed: [c]}", "SL305", "c]"),
        ("{rule: level, steps: [[drivers], [c]]}", "SL305", "c]"),
        ("{rule: nps, items: [why]}", "SL306", "{rule"),
        ("{rule: nps, items: [drivers]}", "SL306", "{rule"),
        ("{rule: nps, items: [drivers.a]}", "SL306", "{rule"),
        ("{rule: nps}", "SL306", "{rule"),
        ("{rule: top_box, items: [gaps]}", "SL306", "{rule"),
        ("{rule: top_two_box, items: [gaps]}", "SL306", "{rule"),
        ("{rule: mean, items: [ease.other]}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers, rating]}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers, drivers.a]}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers.a], reversed: [drivers.b]}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers], fewest: 3}", "SL306", "{rule"),
        ("{rule: sum, items: [drivers], fewest: 1}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers], digits: 9}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers], steps: [[rating]]}", "SL306", "{rule"),
        ("{rule: mean, items: [drivers], reached_from: 2}", "SL306", "{rule"),
        ("{rule: level, items: [drivers]}", "SL306", "{rule"),
        ("{rule: level, steps: [[drivers], []]}", "SL306", "{rule"),
        ("{rule: level, steps: [[drivers]], reached_from: 1}", "SL306", "{rule"),
        ("{rule: level, steps: [[drivers]], reached_from: 4}", "SL306", "{rule"),
        ("{rule: median, items: [drivers]}", "SL104", "median"),
        ("{items: [drivers]}", "SL102", "{items"),
        ("{rule: mean, items: [drivers], bands: {a: {at_least: 2}}}", "SL307", "{rule"),
        ("{rule: mean, items: [drivers], bands: {a: {at_least: 1}, b: {at_least: 1}}}", "SL307", "{rule"),
        ("{rule: mean, items: [drivers], without: Nothing.}", "SL307", "{rule"),
        ("{rule: mean, items: [drivers], bands: {a: {at_least: 1, text: So.}}}", "SL307", "{rule"),
        (
            "{rule: sum, items: [drivers], title: T, without: N, bands: {a: {at_least: 2, text: S}, b: {at_least: 3}}}",
            "SL307",
            "{rule",
        ),
        (
            '{rule: mean, items: [drivers], title: T, without: No., bands: {a: {at_least: 1, text: "{scor|}"}}}',
            "SL205",
            '"{scor',
        ),
    ],
    ids=str,
)
def test_each_fault_of_a_score_is_found_at_its_place(files, place, score, code, start):
    """One fault, with its code, where it stands."""
    (fault,) = scored(files, score).faults()
    assert fault.code == code
    shown = place(fault, files)
    assert shown.lstrip('"{').startswith(start.lstrip('"{')), shown


@pytest.mark.parametrize(
    "score",
    [
        "{rule: nps, items: [rating]}",
        "{rule: mean, items: [drivers], reversed: [drivers.b], fewest: 1, digits: 2, better: lower}",
        "{rule: sum, items: [drivers, rating]}",
        "{rule: mean, items: [gaps]}",
        "{rule: top_two_box, items: [ease]}",
        "{rule: level, steps: [[drivers.a], [drivers.b]], reached_from: 2}",
        '{rule: mean, items: [drivers], title: T, without: No., bands: {a: {at_least: 1, text: "{score|} {rating|}"}}}',
        "{rule: nps, items: [rating], bands: {a: {at_least: -100}, b: {at_least: 0}}}",
    ],
)
def test_a_sound_score_is_read(files, score):
    """And keeps what the file says."""
    study = scored(files, score).read()
    assert list(study.instruments["survey"].scores) == ["total"]


def test_a_score_cannot_have_the_name_of_an_item(files, place):
    """An outcome names either by the same word."""
    files.change("thanks: Thank you.\n", "thanks: Thank you.\nscores:\n  rating: {rule: nps, items: [rating]}\n")
    (fault,) = files.faults()
    assert (fault.code, place(fault, files)[:7]) == ("SL304", "rating:")


def test_an_inquiry_may_be_about_a_score(files):
    """The outcome score takes a score of the instrument; another outcome does not."""
    scored(files, "{rule: mean, items: [drivers]}").change("item: rating, contrast", "item: total, contrast")
    assert files.read().experiment.inquiries[0].item == "total"
    assert files.change("outcome: score", "outcome: nps").codes() == ["SL415"]


def test_a_score_of_an_inquiry_is_of_items_that_are_asked(files):
    """In every arm."""
    scored(files, "{rule: mean, items: [drivers]}").change("item: rating, contrast", "item: total, contrast")
    assert files.change("sources, drivers, gaps, ease]", "sources]").codes() == ["SL416"]


def test_a_level_that_makes_a_score_impossible_is_told(files):
    """The arm in which the rating is no longer from 0 to 10."""
    scored(files, "{rule: nps, items: [rating]}")
    files.factors("wording: {varies: items.rating.high, levels: {old: 10, new: 5}}\n")
    assert files.codes() == ["SL306"]


@pytest.mark.parametrize(
    ("written", "read"),
    [("One.", ("One.",)), ("[One., Two.]", ("One.", "Two."))],
)
def test_a_source_is_a_text_or_several(files, written, read):
    """Both are read as a list."""
    files.change("thanks: Thank you.\n", f"thanks: Thank you.\nsource: {written}\n")
    assert files.read().instruments["survey"].source == read


def test_a_source_is_no_number(files):
    """Each is a text."""
    assert files.change("thanks: Thank you.\n", "thanks: Thank you.\nsource: [One., 2]\n").codes() == ["SL103"]
