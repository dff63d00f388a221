"""A factorial over layout, order and wording, answered in Chromium: the ledger says for each answer what stood where.

The order is read off the screen, by the places of the boxes, and not from the markup that put them there.
"""

from __future__ import annotations

import pytest

from surveylab import spec
from tests.web.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

SEEN = """() => {
  const place = (input) => { const box = (input.closest("label") ?? input).getBoundingClientRect();
    return [box.top + scrollY, box.left]; };
  const first = {};
  const controls = [...document.querySelectorAll("form [name]:not([type=hidden])")]
    .filter((each) => !each.name.startsWith("_"));
  for (const each of controls) {
    const [top, left] = place(each);
    (first[each.name] ??= []).push({top, left, value: each.value, radio: each.type === "radio"});
  }
  return first;
}"""
"""Name of a control -> where its boxes stand on the screen, and what they stand for."""


def seen_on(page):
    """Columns in the order of the screen, and the codes of each in the order of the screen."""
    boxes = page.evaluate(SEEN)
    columns = sorted(boxes, key=lambda name: (min(box["top"] for box in boxes[name]), boxes[name][0]["left"]))
    codes = {
        name: tuple(box["value"] for box in sorted(here, key=lambda box: (round(box["top"]), box["left"])))
        for name, here in boxes.items()
        if here[0]["radio"]
    }
    return columns, codes


def answer_all(page, base, token):
    """Answer every page to the end: page -> what was seen there, in the order of the pages."""
    page.goto(f"{base}/r/{token}")
    page.get_by_role("button", name="Start").click()
    seen = {}
    while not page.url.endswith("/thanks"):
        columns, codes = seen_on(page)
        seen[page.url.rpartition("/")[2]] = columns, codes, page.locator(".question__text").first.inner_text()
        for column in codes:
            page.locator(f'[name="{column}"]').last.check(force=True)  # the whole cell takes the click
        for column in set(columns) - codes.keys():
            control = page.locator(f'[name="{column}"]').first
            if control.get_attribute("type") == "checkbox":
                control.check()
            else:
                control.fill("7")
        page.get_by_role("button").last.click()
    return seen


@pytest.mark.parametrize("width", [375, 1280])
def test_the_ledger_says_for_every_answer_what_was_displayed_where(chromium, base, field, width):
    """All eight arms: place of page, item and row, order of the options, language, and one hash for each wording."""
    row = field.run(spec.read(ROOT / "experiments" / "layout_order_wording.yaml"))
    hashes, orders = {}, set()
    for token in field.tokens(row):
        levels = field.case(token).levels
        seen = answer_all(chromium(width), base, token)
        answers = field.state(token).answers
        for place, (columns, codes, asked) in enumerate(seen.values(), start=1):
            items = list(dict.fromkeys(column.split(".")[0] for column in columns))
            for column in columns:
                answer = answers[column]
                assert answer.page_position == place
                rows = [name for name in columns if name.split(".")[0] == answer.item]
                assert answer.row_position == rows.index(column) + 1
                assert answer.language == "en"
                assert column not in codes or answer.option_order == codes[column]
            if "recommend" in columns:
                hashes.setdefault(levels["wording"], set()).add(answers["recommend"].text_hash)
                assert asked.startswith("Thinking" if levels["wording"] == "experience" else "How likely")
            if items == ["drivers"]:
                orders.add((levels["sequence"], tuple(columns)))
    assert all(len(each) == 1 for each in hashes.values())
    assert len(set.union(*hashes.values())) == 2
    assert len({columns for sequence, columns in orders if sequence == "fixed"}) == 1
    assert len({columns for sequence, columns in orders if sequence == "random"}) > 1
    assert {each.name for each in field.rows("presentation")} == {"rows.drivers"}
