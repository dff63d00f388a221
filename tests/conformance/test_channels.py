"""Every channel hands over what it is given, one receipt for each message, and forges nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from surveylab import registry
from surveylab.channels import Outgoing, link
from surveylab.design import cases
from surveylab.errors import SurveylabError

MESSAGES = [
    Outgoing(1, "u1", "http://127.0.0.1/r/a", "How are we doing?", "Dear customer,\nplease answer."),
    Outgoing(2, "=HYPERLINK(1)", "http://127.0.0.1/r/b", "+1", "@x"),
]


SENDING = [name for name in registry.names("channels") if registry.load("channels", name).SENDS]


def test_a_channel_that_sends_nothing_says_so(tmp_path: Path) -> None:
    """Where people meet the survey by themselves, a message is refused, and never taken for sent."""
    for name in set(registry.names("channels")) - set(SENDING):
        with pytest.raises(SurveylabError, match="not sent"):
            registry.load("channels", name).send(MESSAGES, str(tmp_path / "out"))


@pytest.mark.parametrize("name", SENDING)
def test_each_message_has_its_receipt(name: str, tmp_path: Path) -> None:
    """One receipt per message, for its case, of a kind that the grammar knows."""
    receipts = registry.load("channels", name).send(MESSAGES, str(tmp_path / "out"))
    assert [receipt.case for receipt in receipts] == [1, 2]
    assert all(receipt.kind in (cases.Event.__doc__ or "") for receipt in receipts)


def test_links_are_a_table_that_runs_nothing(tmp_path: Path) -> None:
    """The file reads back whole, and no cell begins as a formula does."""
    target = tmp_path / "links.csv"
    link.send(MESSAGES, str(target))
    with target.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["unit", "link", "subject", "body"]
    assert rows[0] == ["u1", "http://127.0.0.1/r/a", "How are we doing?", "Dear customer,\nplease answer."]
    assert not [cell for cell in rows[1] if cell[:1] in "=+-@"]


def test_the_console_prints_what_would_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """Address, subject, text and link of every message are on standard output."""
    registry.load("channels", "console").send(MESSAGES, "terminal")
    printed = capsys.readouterr().out
    for message in MESSAGES:
        assert message.link in printed
        assert message.body in printed
