"""How the parts of an instrument fit together: sections, what is pinned, sets of items, rules and orders."""

from __future__ import annotations

import pytest

from surveylab.spec.instruments import read_instrument
from surveylab.spec.parsing import parse

TEXT = """
format: 1
title: Parts
version: "1"
languages: [en]
introduction: Welcome.
thanks: Thanks.
contact: help@example.org
pages:
  - {id: p, items: [a, b]}
  - {id: q, items: [c]}
  - {id: r, items: [d]}
items:
  - {id: a, type: number, text: A?}
  - {id: b, type: number, text: B?}
  - {id: c, type: number, text: C?}
  - {id: d, type: number, text: D?}
"""


def faults(*changes, extra=""):
    """Code and words of every fault once some pieces are replaced."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    node, found = parse(text + extra, "parts.yaml")
    return [(fault.code, fault.what) for fault in (*found, *read_instrument(node).faults)]


def codes(*changes, extra=""):
    """The codes alone."""
    return [code for code, _ in faults(*changes, extra=extra)]


def test_a_plain_instrument_has_no_faults():
    """The ground that the other tests change."""
    assert faults() == []


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("sections: [{id: s, pages: [p, q, r, nowhere]}]", "SL311"),
        ("sections: [{id: s, pages: [p, q]}]", "SL312"),
        ("sections: [{id: s, pages: [p, q, r]}, {id: t, pages: [q]}]", "SL312"),
        ("sections: [{id: s, pages: [p, q, r]}, {id: s, pages: []}]", "SL301"),
        ("pinned: [nowhere]", "SL313"),
        ("order: sideways", "SL104"),
        ("sets: [{id: x, sets: {one: [a]}}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [nothing]}}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [b]}, ask: 2}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [b]}, ask: 0}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [b]}, weights: {one: 0.5, two: 0.4}}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [b]}, weights: {one: 1}}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [b]}, weights: {one: 2, two: 0.4}}]", "SL106"),
        ("sets: [{id: x, sets: {o: [a], t: [b], u: [c]}, ask: 2, weights: {o: 1/3, t: 1/3, u: 1/3}}]", "SL314"),
        ("sets: [{id: x, sets: {one: [a], two: [b]}}, {id: y, sets: {one: [a], two: [c]}}]", "SL314"),
    ],
)
def test_parts_that_do_not_fit_are_told_at_their_place(extra, code):
    """One fault, with its code."""
    assert codes(extra=extra) == [code]


@pytest.mark.parametrize(
    "extra",
    [
        "sections: [{id: s, pages: [q, p], order: random}, {id: t, pages: [r]}]\norder: flip\npinned: [t]",
        "order: latin\npinned: [r]",
        "sets: [{id: x, sets: {one: [a], two: [b]}, weights: {one: 1/3, two: 2/3}}]",
        "sets: [{id: x, sets: {one: [a], two: [b], three: [c]}, ask: 2}]",
    ],
)
def test_parts_that_fit_are_taken(extra):
    """No fault."""
    assert faults(extra=extra) == []


ASKS_LATER = [
    (("text: C?}", "text: C?, applicable_if: d > 1}"), ""),
    (("text: C?}", "text: C?, applicable_if: c > 1}"), ""),
    (("text: A?}", "text: A?, applicable_if: b > 1}"), ""),
    (("text: C?}", "text: C?, applicable_if: a > 1}"), "order: random"),
    (("id: p, items: [a, b]", "id: p, items: [a, b], order: flip"), ""),
    (("items: [c]", "items: [c], applicable_if: d > 1"), ""),
    (("text: C?}", "text: C?, validation: [{error_if: d > c, message: Change it}]}"), ""),
]


@pytest.mark.parametrize(("change", "extra"), ASKS_LATER[:4] + ASKS_LATER[5:])
def test_a_rule_reads_no_answer_that_may_come_later(change, extra):
    """Neither by the order of the file nor by one that chance can give."""
    assert codes(change, extra=extra) == ["SL315"]


def test_the_order_of_a_page_counts_for_rules_on_it():
    """B depends on A: fine in the order of the file, a fault once the two may change places."""
    depends = ("text: B?}", "text: B?, applicable_if: a > 1}")
    assert codes(depends) == []
    assert codes(depends, ASKS_LATER[4][0]) == ["SL315"]
    pinned = ("items: [a, b]", "items: [a, b], order: random, pinned: [a]")
    assert codes(depends, pinned) == []


def test_a_rule_may_read_what_is_pinned_before_it():
    """A page that is pinned first comes before all that move."""
    change = ("text: D?}", "text: D?, applicable_if: a > 1}")
    assert codes(change, extra="order: random\npinned: [p]") == []
    assert codes(change, extra="order: random\npinned: [q]") == ["SL315"]


def test_validation_may_read_what_stands_on_the_same_page():
    """In any order of the page: it is looked at when the page is sent."""
    change = ("text: A?}", "text: A?, validation: [{error_if: b > a, message: Enter at most A}]}")
    assert codes(change) == []
    assert codes(change, ("items: [a, b]", "items: [a, b], order: random")) == []


def test_sections_come_before_each_other_in_their_order():
    """A rule of a section reads earlier sections only."""
    sections = "sections: [{id: s, pages: [p]}, {id: t, pages: [q, r], applicable_if: a > 1}]"
    assert codes(extra=sections) == []
    assert codes(extra=sections + "\norder: random") == ["SL315"]
    assert codes(extra=sections.replace("a > 1", "c > 1")) == ["SL315"]


@pytest.mark.parametrize(
    "change",
    [
        ("text: A?}", 'text: "A {c|x}?"}'),
        ("text: A?}", 'text: "A {b|x}?"}'),
        ("text: B?}", 'text: "B {a|x}?"}'),
        ("items: [c]", 'items: [c], title: "C {d|x}"'),
        ("text: C?}", 'text: C?, hint: "{d|x}"}'),
    ],
)
def test_a_fill_reads_no_answer_that_may_come_later(change):
    """Nor one of the same page: the words would be others for who comes back."""
    assert codes(change) == ["SL315"]


def test_a_fill_of_an_earlier_page_is_taken():
    """Unless an order of chance can put that page behind."""
    change = ("text: C?}", 'text: "C {a|x}?"}')
    assert codes(change) == []
    assert codes(change, extra="order: random") == ["SL315"]
