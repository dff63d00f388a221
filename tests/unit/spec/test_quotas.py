"""Quotas in a file: what their rules may name, and what can never be met."""

from __future__ import annotations

from datetime import timedelta

import pytest

STRATIFIED = "{scheme: stratified, strata: [region, age], n: 10}"


@pytest.fixture
def quotas(files):
    """Files with these quotas, as YAML in one line."""

    def write(text):
        return files.change("decision:", f"quotas: {text}\ndecision:")

    return write


def test_quotas_are_read_with_their_defaults(quotas):
    """In the order of the file; by default over everybody, in progress, for two hours."""
    files = quotas(
        '{all: {most: 9}, new: {most: 5, if: arm.wording == "new" and rating <= 6, counts: completes, expires: PT30M}}'
    )
    every, new = files.read().experiment.quotas.values()
    assert (every.most, every.if_, every.counts, every.expires) == (9, None, "in_progress", timedelta(hours=2))
    assert (new.most, new.if_.text, new.counts) == (5, 'arm.wording == "new" and rating <= 6', "completes")
    assert new.expires == timedelta(minutes=30)


@pytest.mark.parametrize(
    "rule",
    [
        'arm.wording == "new"',
        'arm.wording in ["new", "old"] and not answered(why)',
        "unit.age < 30 or rating > 6",
        '"none" in sources',
        'arm.wording != "new" or rating == 3',
        'not (arm.wording == "new" and rating > 3)',
    ],
)
def test_rules_over_answers_fields_and_arms(quotas, rule):
    """One language for all of them."""
    assert quotas(f"{{some: {{most: 5, if: '{rule}'}}}}").read()


def test_rules_over_strata(quotas):
    """Where the sample has strata, by their whole name."""
    files = quotas("{north: {most: 5, if: 'stratum == \"region=north,age=old\"'}}")
    assert files.codes() == ["SL418"]
    files.change("{scheme: srs, n: 10}", STRATIFIED)
    assert files.read()


@pytest.mark.parametrize(
    ("text", "code", "start"),
    [
        ("{some: {most: 0}}", "SL106", "0"),
        ("{some: {most: -3}}", "SL106", "-3"),
        ("{some: {most: many}}", "SL103", "many"),
        ("{some: {}}", "SL102", "{}"),
        ("{some: {most: 11}}", "SL501", "11"),
        ("{some: {most: 5, expires: PT0S}}", "SL106", "PT0S"),
        ("{some: {most: 5, expires: 2 hours}}", "SL108", "2 hours"),
        ("{some: {most: 5, counts: starts}}", "SL104", "starts"),
        ("{some: {most: 5, of: all}}", "SL101", "of"),
        ("{some one: {most: 5}}", "SL109", "some one"),
        ("{some: {most: 5}, some: {most: 4}}", "SL006", "some: {most: 4}"),
        ("{some: {most: 5}, more: {most: 4}}", "SL502", "{most: 4}"),
        ("{a: {most: 5, if: rating < 3}, b: {most: 4, if: rating  < 3}}", "SL502", "{most: 4"),
        ("{some: {most: 5, if: rating <}}", "SL201", "}}"),
        ("{some: {most: 5, if: ratng < 3}}", "SL202", "ratng"),
        ("{some: {most: 5, if: arm < 3}}", "SL202", "arm < 3"),
        ('{some: {most: 5, if: 1 < 2 and arm.wordng == "new"}}', "SL411", 'arm.wordng == "new"'),
        ('{some: {most: 5, if: arm.wording == "nw"}}', "SL412", "arm.wording"),
        ('{some: {most: 5, if: \'arm.wording in ["new", "od"]\'}}', "SL412", "'arm.wording"),
        ('{some: {most: 5, if: not ("od" == arm.wording)}}', "SL412", "arm.wording"),
        ('{some: {most: 5, if: stratum == "north"}}', "SL418", "stratum"),
        ('{some: {most: 5, if: unit.email == "x"}}', "SL207", "unit.email"),
        ("{some: {most: 5, if: P(rating) > 0}}", "SL203", "P(rating)"),
        ("{some: {most: 5, if: 1 > 2}}", "SL501", "1 > 2"),
        ('{some: {most: 5, if: arm.wording == "new" and arm.wording == "old"}}', "SL501", "arm.wording"),
        ('{some: {most: 5, if: \'not (arm.wording in ["new", "old"]) and rating > 1\'}}', "SL501", "'not ("),
    ],
)
def test_one_mistake_is_one_fault_at_its_place(quotas, place, text, code, start):
    """Limits, times, names and rules that hold for nobody."""
    files = quotas(text)
    faults = files.faults()
    assert [each.code for each in faults] == [code], faults
    assert place(faults[0], files).startswith(start)


def test_all_faults_are_told_at_once(quotas):
    """With the nearest name that exists."""
    files = quotas('{a: {most: 0, if: ratng < 3}, b: {most: 5, if: arm.wording == "nw"}, c: {most: 5, if: unit.age <}}')
    faults = {each.code: each.remedy for each in files.faults()}
    assert set(faults) == {"SL106", "SL202", "SL412", "SL201"}
    assert "'rating'" in faults["SL202"]
    assert "'new'" in faults["SL412"]


def test_a_column_that_only_some_arm_asks_may_be_named(quotas, files):
    """A rule is about all arms; one that no arm asks may not."""
    files.factors("wording: {varies: pages.two.items, levels: {old: [why], new: [why, sources]}}\n")
    assert quotas("{some: {most: 5, if: answered(sources)}}").read()
    files.change("new: [why, sources]", "new: [why, rating]").change(
        "{id: one, items: [rating]}", "{id: one, items: []}"
    )
    assert "SL202" in files.codes()


def test_of_people_who_arrive_unlisted_no_field_is_known(quotas, files):
    """Nor a stratum: they are of no frame."""
    files.change("frame: {source: customers}\n", "").change("sampling: {scheme: srs, n: 10}\n", "")
    files.change("scheme: complete", "scheme: hashed")
    quotas("{a: {most: 5000}, b: {most: 5, if: unit.age < 30}, c: {most: 5, if: 'stratum == \"region=x\"'}}")
    assert files.codes() == ["SL202", "SL418"]


def test_data_that_were_fielded_elsewhere_need_no_places(quotas, files):
    """Nobody is asked here."""
    quotas("{some: {most: 5}}").change(
        "decision:", "data: {factors: {wording: form}, outcomes: {share: {family: binary, value: x}}}\ndecision:"
    )
    assert "SL501" in files.codes()
