"""The language of conditions: what it means, what it refuses, and that it never runs Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.rules import DEEPEST, FUNCTIONS, LONGEST, Rule, RuleError, calls, evaluate, lookups, names, parse

KNOWN = {"age": 40, "score": "7", "region": "north", "channels": "phone email", "blank": None, "rate": 0.5, "yes": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age >= 18", True),
        ("age < 18 or region == 'north'", True),
        ("age < 18 and region == 'north' or age == 40", True),
        ("age == 40 or age == 40 and age < 18", True),
        ("(age == 40 or age == 40) and age < 18", False),
        ("not age < 18 and region == 'north'", True),
        ("not (age >= 18 and region == 'north')", False),
        ("not not yes", True),
        ("1 + 2 * 3 == 7", True),
        ("(1 + 2) * 3 == 9", True),
        ("10 - 4 - 3 == 3", True),
        ("12 / 3 / 2 == 2", True),
        ("-2 + 5 == 3", True),
        ("-(2 + 5) == -7", True),
        ("--3 == 3", True),
        ("age + 2 > 41 and rate * 2 == 1", True),
        ('region in ["north", "south"]', True),
        ("age in [39, 41]", False),
        ("age in [-1, 40]", True),
        ("age in []", False),
        ('region != "south"', True),
        ("yes == true", True),
        ("yes == false", False),
        ("rate == 0.5", True),
    ],
)
def test_operators_bind_as_the_module_says(text, expected):
    """Or, and, not, comparison, sum, product, minus: from the loosest to the tightest; equals from the left."""
    assert evaluate(parse(text), KNOWN) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"phone" in channels', True),
        ('"none" in channels', False),
        ('"e" in channels', False),
        ('not ("none" in channels)', True),
        ('"phone" in blank', False),
        ("40 in age", True),
        ("7 in score", True),
    ],
)
def test_in_asks_for_a_whole_code_of_a_multiple_choice(text, expected):
    """Codes stand with spaces between them; a part of a code is not in there."""
    assert evaluate(parse(text), KNOWN) is expected


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">=", "in"])
def test_a_comparison_with_something_missing_is_false(sign):
    """Missing on either side, known as missing or not known at all; and its negation is true."""
    for text in (f"blank {sign} 1", f"1 {sign} blank", f"never {sign} 1", f"blank {sign} blank", f"-blank {sign} 1"):
        assert evaluate(parse(text), KNOWN) is False
        assert evaluate(parse(f"not {text}"), KNOWN) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("answered(age)", True),
        ("answered(blank)", False),
        ("missing(blank)", True),
        ("missing(never)", True),
        ("missing(age)", False),
        ("missing(age / 0)", True),
        ("missing(blank + 1)", True),
        ("missing(region + 1)", True),
    ],
)
def test_answered_and_missing_ask_whether_there_is_a_value(text, expected):
    """A division by zero and a sum with a word have no value."""
    assert evaluate(parse(text), KNOWN) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score > 6", True),
        ("score == 7", True),
        ('score == "7"', True),
        ("region > 6", False),
        ("region == 6", False),
        ("region != 6", True),
        ("[1, 2] < 3", False),
        ("[1, 2] == [1, 2]", True),
        ("-[1] == 1", False),
        ("[1] + 1 == 2", False),
    ],
)
def test_mixed_types_compare_as_numbers_where_they_can(text, expected):
    """A text that reads as a number is one beside a number; an order between word and number is false."""
    assert evaluate(parse(text), KNOWN) is expected


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("   ", 3),
        ("age >", 5),
        ("age >= and yes", 7),
        ("age = 3", 4),
        ("age == 3)", 8),
        ("(age == 3", 9),
        ("age == 3 region", 9),
        ("age ==  $", 8),
        ('region == "north', 10),
        ("region in [north]", 11),
        ("region in [1, [2]]", 14),
        ("region in [1, 2", 15),
        ("open('x')", 0),
        ("__import__('os')", 0),
        ("age.__class__()", 0),
        ("a if b else c", 2),
        ("lambda: 1", 6),
        ("1 < 2 < 3", 6),
        ("not", 3),
        ("P(", 2),
        ("9" * 5000, 0),
    ],
)
def test_what_is_no_rule_is_refused_at_its_place(text, position):
    """RuleError counts to the character where the text stops making sense."""
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert caught.value.position == position


@pytest.mark.parametrize("opening", ["(", "not ", "-", "[", "answered("])
def test_nesting_is_bounded(opening):
    """A text of brackets is refused long before the stack is full; a little nesting is fine."""
    with pytest.raises(RuleError, match=f"{DEEPEST}|constants"):
        parse(opening * 100)
    with pytest.raises(RuleError, match=str(LONGEST)):
        parse(opening * 10_000)
    closing = {"(": ")", "answered(": ")"}.get(opening, "")
    if opening != "[":
        parse(opening * (DEEPEST - 1) + "age" + closing * (DEEPEST - 1))


def test_length_is_bounded():
    """A chain of operators makes a tree as deep as it is long."""
    with pytest.raises(RuleError, match=str(LONGEST)):
        parse(" or ".join(["a"] * 5000))
    longest = parse(" + ".join(["1"] * 149) + " == 149")
    assert evaluate(longest, {})


def test_names_of_python_are_names_like_any_other():
    """Nothing is looked up but in what is known: no attribute, no builtin, no call."""
    for text in ("__builtins__", "age.__class__", "exit", "age.real", "print"):
        assert evaluate(parse(text), KNOWN) is False
        assert list(names(parse(text).tree)) == [text]
    assert set(FUNCTIONS) == {"answered", "missing", "P"}


def test_probabilities_come_from_outside():
    """P hands its argument over; without someone who knows it is an error."""
    rule = parse("P(effect > 0.02) >= 0.95 and P(guard < -5) <= 0.2")
    asked = []

    def probability(node):
        asked.append(list(names(node)))
        return 0.97 if len(asked) == 1 else 0.1

    assert evaluate(rule, {}, probability) is True
    assert asked == [["effect"], ["guard"]]
    with pytest.raises(ValueError, match="decision rules only"):
        evaluate(rule, {})


def test_lookups_and_calls_say_where_they_stand():
    """Faults need the place of a name inside the text; equal rules are equal wherever they stand."""
    tree = parse("  age > 1 and not answered(region)").tree
    assert [(each.name, each.position) for each in lookups(tree)] == [("age", 2), ("region", 27)]
    assert [each.position for each in calls(tree, "answered")] == [18]
    assert tree == parse("age>1 and not answered( region )").tree


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4))


@given(st.text(alphabet="ab12.+-*/<>=!()[], \"'", max_size=30), VALUES, VALUES)
def test_any_text_is_a_rule_or_a_rule_error_and_any_rule_has_a_truth_value(text, a, b):
    """Parsing raises RuleError only, evaluating nothing at all."""
    rule, position = _parsed(text)
    assert 0 <= position <= len(text)
    assert rule is None or evaluate(rule, {"a": a, "b": b}) in (True, False)


def _parsed(text: str) -> tuple[Rule | None, int]:
    try:
        return parse(text), 0
    except RuleError as error:
        return None, error.position
