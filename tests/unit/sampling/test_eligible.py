"""Who of a frame is eligible."""

from __future__ import annotations

import numpy as np
import pytest

from surveylab.design import rules
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView, eligible


@pytest.mark.parametrize(
    "rule", ["age >= 18", "missing(age) or x == y", 'x in ["a", "1"]', "x", "not y", "1 == 1", "x > 0.5"]
)
def test_eligibility_is_the_rule_unit_by_unit(rule: str) -> None:
    """Looking at equal units once gives what looking at each gives."""
    values = [None, 0, 1, True, 1.0, "1", "a", 18, 2.5, ""]
    columns = {"age": values, "x": values[3:] + values[:3], "y": values[::-1]}
    fields = {name: np.empty(len(values), dtype=object) for name in columns}
    for name, column in fields.items():
        column[:] = columns[name]
    parsed = rules.parse(rule)
    each = [rules.evaluate(parsed, {name: columns[name][unit] for name in columns}) for unit in range(len(values))]
    view = FrameView(np.array([f"u{unit}" for unit in range(len(values))]), fields)
    assert eligible(view, parsed).ids.tolist() == view.ids[each].tolist()


def test_who_is_suppressed_is_left_out_and_nobody_is_no_frame() -> None:
    """With and without a rule; a rule that holds for none is told."""
    view = FrameView(np.array(["a", "b", "c"]), {"age": np.array([17, 30, 40])})
    rule = rules.parse("age >= 18")
    assert eligible(view, None).ids.tolist() == ["a", "b", "c"]
    assert eligible(view, None, frozenset("b")).ids.tolist() == ["a", "c"]
    found = eligible(view, rule, frozenset("b"))
    assert (found.ids.tolist(), found.fields["age"].tolist()) == (["c"], [40])
    with pytest.raises(SurveylabError, match="No unit of the frame is eligible: age >= 18 holds for none of 1"):
        eligible(view, rule, frozenset("bc"))
