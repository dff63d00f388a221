"""Designs in a file: what is an arm, and whether the arms answer what is asked."""

from __future__ import annotations

from fractions import Fraction

import pytest

FACTORS = """\
wording: {varies: items.rating.text, levels: {old: How likely?, new: How probable?}}
channel: {varies: contact.channel, levels: {link: link, console: console}}
why: {varies: items.why.text, levels: {short: Why?, long: "Why is that?"}}
"""


def designed(files, design, factors=FACTORS):
    """The files with three factors and this design."""
    files.factors(factors)
    return files.change("scheme: complete", f"scheme: complete\n  design: {design}")


def test_a_fraction_halves_the_arms(files):
    """Resolution III of three factors: four arms of a quarter each."""
    arms = designed(files, "{fraction: {resolution: 3}}").read().experiment.arms
    assert [arm.probability for arm in arms] == [Fraction(1, 4)] * 4
    assert [arm.levels for arm in arms] == [arm.levels for arm in designed_by(files, "[why = -wording * channel]")]


def designed_by(files, generators):
    """The arms with these generators in place of the resolution."""
    return files.change("{resolution: 3}", f"{{generators: {generators}}}").read().experiment.arms


def test_arms_of_a_list_have_their_weights_and_their_order(files):
    """Levels by name, in whatever order they are written."""
    text = (
        "[{wording: old, channel: link, why: short, weight: 1/2}, "
        "{why: short, wording: new, channel: link, weight: 0.25}, "
        "{wording: new, channel: console, why: long, weight: 1/4}]"
    )
    exp = designed(files, text).read().experiment
    assert [arm.probability for arm in exp.arms] == [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    assert exp.arms[1].mapping == {"wording": "new", "channel": "link", "why": "short"}
    assert exp.arm_of({"wording": "new", "channel": "console", "why": "long"}) is exp.arms[2]


ARM = "{wording: old, channel: link, why: short}"


@pytest.mark.parametrize(
    ("design", "code", "start"),
    [
        ("half", "SL431", "half"),
        ("{fractions: {runs: 4}}", "SL431", "{fractions"),
        ("{fraction: 4}", "SL103", "4"),
        ("{fraction: {run: 4}}", "SL101", "run: 4"),
        ("{fraction: {runs: four}}", "SL106", "four"),
        ("{fraction: {runs: 4, resolution: 3}}", "SL431", "{runs"),
        ("{fraction: {runs: 5}}", "SL431", "{fraction"),
        ("{fraction: {generators: why}}", "SL103", "why}"),
        ("{fraction: {generators: [why = wording * chanel]}}", "SL431", "{fraction"),
        (f"[{ARM}]", "SL432", f"[{ARM}"),
        (f"[{ARM}, {ARM}]", "SL432", f"{ARM}]"),
        (f"[{ARM}, {{wording: new, channel: link}}]", "SL432", "{wording: new"),
        (f"[{ARM}, {{wording: new, channel: link, why: long, hour: late}}]", "SL411", "hour"),
        (f"[{ARM}, {{wording: new, channel: link, why: lang}}]", "SL412", "lang"),
        (f"[{ARM}, {{wording: new, channel: link, why: long}}]", "SL432", f"[{ARM}"),
        (f"[{ARM}, {{wording: new, channel: console, why: long, weight: 1/2}}]", "SL401", f"[{ARM}"),
        (f"[{ARM}, {{wording: new, channel: console, why: long, weight: 2}}]", "SL401", "2}"),
        (f"[{ARM}, old]", "SL103", "old]"),
    ],
)
def test_a_design_at_fault_is_told_at_its_place(files, place, design, code, start):
    """The first of its faults is where it is made."""
    found = designed(files, design).faults()
    assert any(each.code == code and place(each, files).startswith(start) for each in found)
    assert all(each.remedy for each in found)


def test_weights_that_do_not_sum_to_one(files):
    """As exact fractions."""
    other = "{wording: new, channel: console, why: long, weight: 1/3}"
    arms = f"[{ARM[:-1]}, weight: 1/3}}, {other}]"
    (found,) = (each for each in designed(files, arms).faults() if each.code == "SL401")
    assert "2/3" in found.what


def test_weights_of_levels_are_of_a_full_design(files):
    """A fraction gives all arms the same share, so weights of levels would say something else."""
    weighted = FACTORS.replace("console: console}}", "console: console}, weights: {link: 0.9, console: 0.1}}")
    assert designed(files, "fraction", weighted).codes() == ["SL431"]


def test_an_inquiry_that_the_arms_cannot_answer_is_refused(files, place):
    """Wording and channel always change together; what is asked about why is not touched by it."""
    arms = (
        "[{wording: old, channel: link, why: short}, {wording: old, channel: link, why: long}, "
        "{wording: new, channel: console, why: short}, {wording: new, channel: console, why: long}]"
    )
    (found,) = designed(files, arms).faults()
    assert found.code == "SL433"
    assert "aliased with channel" in found.what
    assert place(found, files).startswith("[new, old]")
    files.change("contrast: {wording: [new, old]}", "contrast: {why: [long, short]}")
    assert len(files.read().experiment.arms) == 4


def test_combinations_that_are_no_arms_need_not_make_sense(files):
    """A scale from 9 to 5 is none; where no arm has both ends, nothing is at fault."""
    factors = """\
    wording: {varies: items.rating.low, levels: {old: 0, new: 9}}
    why: {varies: items.rating.high, levels: {short: 10, long: 5}}
    """
    assert "SL106" in designed(files, "full", factors).codes()
    arms = "[{wording: old, why: short}, {wording: new, why: short}, {wording: old, why: long}]"
    assert len(files.change("design: full", f"design: {arms}").read().experiment.arms) == 3


def test_fourteen_factors_have_a_fraction(files):
    """16,384 combinations are too many arms, 32 of them are not."""
    more = "".join(f"f{n}: {{varies: messages.m{n}.subject, levels: {{a: x, b: y}}}}\n" for n in range(13))
    files.change(
        "messages:\n", "messages:\n" + "".join(f'  m{n}: {{subject: s, body: "{{link|}}"}}\n' for n in range(13))
    )
    exp = designed(files, "fraction", "wording: {varies: items.rating.text, levels: {old: a, new: b}}\n" + more).read()
    assert len(exp.experiment.arms) == 32


@pytest.mark.parametrize(
    ("scheme", "channel", "start"),
    [
        ("balance_on_completes", "link, listed", "balance"),
        ("minimisation\n  covariates: [region]", "link", "minimisation"),
        ("permuted_blocks\n  blocks: [region, place]", "kiosk", "permuted"),
        ("permuted_blocks", "in_app", "permuted"),
        ("minimisation\n  covariates: [place]", "kiosk", None),
        ("permuted_blocks", "link", None),
        ("minimisation\n  covariates: [region]", "link, listed", None),
        ("cluster\n  cluster: household", "link, listed", None),
    ],
)
def test_a_scheme_gets_what_it_asks_for(files, place, scheme, channel, start):
    """Completes are of arrivals, fields of who is listed or stands at a kiosk, and a prompt is decided ahead."""
    files.change("scheme: complete", f"scheme: {scheme}")
    if "listed" not in channel:
        files.change("frame: {source: customers}\nsampling: {scheme: srs, n: 10}\n", "")
        files.change("contact: {reminders: [P3D]", f"contact: {{channel: {channel}")
    if start is None:
        assert files.read()
    else:
        (found,) = files.faults()
        assert found.code == "SL424"
        assert place(found, files).startswith(start)


def test_a_cluster_is_of_one_kind(files, place):
    """A field or batches, and not both."""
    files.change("scheme: complete", "scheme: cluster\n  cluster: household\n  batch: 10")
    (found,) = files.faults()
    assert found.code == "SL106"
    assert place(found, files).startswith("household")
