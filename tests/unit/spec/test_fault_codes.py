"""The table of codes: complete, and nothing in it that is never said."""

from __future__ import annotations

import re
from pathlib import Path

from surveylab.spec.faults import CODES, offer

SOURCES = "".join(
    file.read_text(encoding="utf-8")
    for file in (Path(__file__).parents[3] / "surveylab" / "spec").glob("*.py")
    if file.name != "faults.py"
)


def test_every_code_has_a_meaning_and_a_use():
    """What the readers say stands in the table, and the table has nothing else."""
    assert set(re.findall(r'"(SL\d{3})"', SOURCES)) == set(CODES)


def test_the_nearest_name_is_offered_else_all_of_them():
    """One that is near, all that there are, or that there are none."""
    assert offer("titel", ["title", "seed"], "keys") == "Did you mean 'title'?"
    assert offer("xyz", ["title", "seed"], "keys") == "There are these keys: title, seed."
    assert offer("xyz", [], "keys") == "There are no keys here."
