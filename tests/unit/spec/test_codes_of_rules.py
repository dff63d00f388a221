"""A rule that compares an answer with what nobody can answer is a fault, wherever the rule stands."""

from __future__ import annotations

import pytest

from surveylab.spec import read_documents

ASKED = """\
pages:
  - {id: one, items: [rating, kind, agreed, sources, order, parts, picture]}
  - {id: two, items: [why]}
items:
  - {id: rating, type: scale, text: How likely?, low: 0, high: 10}
  - {id: kind, type: single, text: Which?, options: {car: Car, van: Van, -1: None}, other: {else: Else}}
  - {id: agreed, type: consent, text: May we?}
  - {id: sources, type: multiple, text: Where from?, options: {paper: Paper, web: Web}, dont_know: true}
  - {id: order, type: ranking, text: Which first?, options: {price: Price, speed: Speed}}
  - {id: parts, type: grid, text: How was it?, options: {1: Bad, 2: Good}, rows: {food: Food, room: Room}}
  - {id: picture, type: semantic_differential, text: How?, rows: {tone: [Cold, Warm]}, points: 5}
"""


@pytest.fixture
def asked(files):
    """Files whose first page asks something of each type with a closed list of answers."""
    files.documents["survey.yaml"] = (
        files.documents["survey.yaml"].partition("pages:")[0]
        + ASKED
        + "  - {id: why, type: long_text, text: Why?, applicable_if: rating <= 6}\n"
    )
    return files


WRONG = [
    ("kind == 'cra'", "kind", "'car'"),
    ("'cra' != kind", "kind", "'car'"),
    ("rating > 3 and not (kind in ['car', 'wan'])", "kind", "'van'"),
    ("kind == 'Else'", "kind", "'else'"),
    ("kind == 1", "kind", "'-1'"),
    ("kind == ''", "kind", "car, van, -1, else"),
    ("rating == 11", "rating", "'1'"),
    ("rating == 9.5", "rating", ""),
    ("'wed' in sources", "sources", "'web'"),
    ("sources == 'paper wed'", "sources", "'web'"),
    ("sources == '_dont_know'", "sources", "paper, web"),
    ("order == 'price sped'", "order", "'speed'"),
    ("parts.food == 3", "parts.food", "1, 2"),
    ("picture.tone == 6", "picture.tone", "1, 2, 3, 4, 5"),
    ("agreed == 'yes'", "agreed", "true, false"),
]
RIGHT = [
    "kind == 'car' or kind in ['van', 'else'] or kind == -1 or kind != '-1'",
    "rating == 10 or rating in [0, 1, '2'] or rating > 11",
    "'web' in sources or sources == 'paper web' or 'price' in order or order == 'speed price'",
    "parts.food == 1 and parts.room == '2' and picture.tone == 5",
    "agreed == true or agreed != false",
    "kind.other == 'a bus' or unit.region == 'north' or missing(kind)",
]


@pytest.mark.parametrize(("rule", "name", "near"), WRONG)
def test_each_type_with_a_list_of_answers_knows_them(asked, place, rule, name, near):
    """At the name in the rule, with the nearest code that there is, or all of them."""
    asked.change("applicable_if: rating <= 6", f'applicable_if: "{rule}"')
    (fault,) = asked.faults()
    assert fault.code == "SL210"
    assert place(fault, asked).lstrip('"').startswith(name)
    assert near in fault.remedy


@pytest.mark.parametrize("rule", RIGHT)
def test_what_can_be_answered_may_be_named(asked, rule):
    """Codes as texts and as numbers, several of them, and of free answers anything."""
    assert asked.change("applicable_if: rating <= 6", f'applicable_if: "{rule}"').read()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: two, items", "id: two, applicable_if: kind == 'cra', items"),
        ("id: one, items", "id: one, screen_out_if: kind == 'cra', items"),
        ("applicable_if: rating <= 6", "validation: [{error_if: kind == 'cra', message: Mend it}]"),
        (
            "pages:\n",
            "sections: [{id: s, pages: [one]}, {id: t, pages: [two], applicable_if: kind == 'cra'}]\npages:\n",
        ),
        ("decision:", "quotas: {some: {most: 5, if: kind == 'cra'}}\ndecision:"),
    ],
)
def test_every_rule_over_answers_is_checked(asked, place, old, new):
    """Of items, pages and sections, of screens, validations and quotas."""
    (fault,) = asked.change(old, new).faults()
    assert (fault.code, fault.remedy) == ("SL210", "Did you mean 'car'?")
    assert place(fault, asked).startswith("kind")


def test_an_answer_that_some_arm_does_not_offer_may_be_named(asked):
    """The rule holds for nobody there; one that no arm offers is a fault, and so is one that a level mistypes."""
    asked.change("applicable_if: rating <= 6", "applicable_if: kind == 'van'")
    asked.change("decision:", "quotas: {some: {most: 5, if: kind == 'bus'}}\ndecision:")
    asked.factors("wording: {varies: items.kind.options, levels: {old: {car: Car, bus: Bus}, new: {car: C, van: V}}}\n")
    assert asked.read()
    asked.factors("wording: {varies: items.why.applicable_if, levels: {old: kind == 'car', new: kind == 'cra'}}\n")
    faults = {(each.file, each.code) for each in asked.faults()}
    assert faults == {("wording.yaml", "SL210")}, "of the level, and of the quota over what is offered no more"


def test_a_study_that_was_frozen_before_runs_on_unchanged(asked):
    """With its arms: the rule holds for nobody, as it always did."""
    asked.change("applicable_if: rating <= 6", "applicable_if: kind == 'cra'")
    study = read_documents(asked.documents, "wording.yaml", frozen=True)
    texts = [study.plan(arm).instrument.item("rating").text["en"] for arm in study.experiment.arms]
    assert texts == ["How likely?", "How probable?"]
    assert study.instruments["survey"].item("why").applicable_if.text == "kind == 'cra'"
