"""Every channel says what became of each message, and forges nothing; a new one is one new file."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from surveylab import registry
from surveylab.channels import Delivering, Outcome, Outgoing, link

ROOT = Path(__file__).parents[2]


def message(unit: str, url: str, subject: str, body: str) -> Outgoing:
    """A message that is ready to go."""
    return Outgoing(f"key of {unit}", unit, "", url, f"{url}/unsubscribe", subject, body)


MESSAGES = [
    message("u1", "http://127.0.0.1/r/a", "How are we doing?", "Dear customer,\nhttp://127.0.0.1/r/a"),
    message("=HYPERLINK(1)", "http://127.0.0.1/r/b", "+1", "@x"),
]
CHANNELS = registry.names("channels")


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_says_who_carries_its_messages(name: str) -> None:
    """By a worker or by hand something is delivered; where people arrive there is nothing to send with."""
    module = registry.load("channels", name)
    assert module.BY in ("worker", "hand", "arrival")
    assert isinstance(module, Delivering) == (module.BY != "arrival")


def test_links_are_a_table_that_runs_nothing(tmp_path: Path) -> None:
    """The file reads back whole, no cell begins as a formula does, and what is written is sent."""
    target = tmp_path / "links.csv"
    with link.connect({}, str(target)) as sender:
        assert [sender.send(each).outcome for each in MESSAGES] == [Outcome.SENT] * 2
    with target.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["unit", "link", "subject", "body"]
    assert rows[0] == ["u1", "http://127.0.0.1/r/a", "How are we doing?", "Dear customer,\nhttp://127.0.0.1/r/a"]
    assert not [cell for cell in rows[1] if cell[:1] in "=+-@"]


def test_the_console_prints_what_would_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """Unit, subject and text of every message are on standard output."""
    with registry.load("channels", "console").connect({}, "") as sender:
        for each in MESSAGES:
            sender.send(each)
    printed = capsys.readouterr().out
    for each in MESSAGES:
        assert f"To {each.unit}\nSubject: {each.subject}\n\n{each.body}" in printed


PIGEON = '''
"""Pigeon: a note on a leg."""
from contextlib import contextmanager
from pathlib import Path
from surveylab.channels import Outcome, Receipt
BY = "worker"
ADDRESS = None
class Loft:
    def __init__(self, folder):
        self.folder = folder
    def send(self, message):
        with Path(self.folder).open("a") as file:
            file.write(message.unit + "\\n")
        return Receipt(Outcome.SENT)
@contextmanager
def connect(settings, target):
    yield Loft(settings["loft"])
'''
FLOCK = """
from datetime import UTC, datetime, timedelta
from pathlib import Path
from surveylab import spec
from surveylab.fieldwork import recruit
from surveylab.fieldwork.worker import Worker, send_due
from surveylab.settings import from_environment
from surveylab.store import snapshots
from surveylab.store.ledger import open_ledger
now = datetime(2026, 3, 2, 8, tzinfo=UTC)
settings = from_environment()
ledger = open_ledger(settings.database_url)
with ledger.write() as conn:
    snapshots.replace_frame(conn, "customers", "digest", [(f"c{n}", {"region": "north"}, None) for n in range(4)], now)
recruit.draw(ledger, spec.read(Path("trial.yaml")), now)
failed = []
worker = Worker(ledger, "http://x", lambda: now + timedelta(hours=1))
came = send_due(worker, settings, lambda *told: failed.append(told))
print(dict(came), failed)
"""
TRIAL = """
format: 1
title: By pigeon
frame: {source: customers}
inquiries: {reply: {outcome: response, contrast: {words: [b, a]}}}
sampling: {scheme: srs, n: 4}
assignment:
  scheme: complete
  factors: {words: {varies: messages.invitation.subject, levels: {a: One, b: Two}}}
contact: {channel: pigeon}
messages: {invitation: {subject: Hello, body: "{link|}"}}
measurement: {instrument: nps}
"""


def test_a_new_channel_is_one_new_file(tmp_path: Path) -> None:
    """A file beside the others is enough for the grammar, for its settings and for the worker."""
    for folder in ("surveylab", "templates", "instruments"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "surveylab" / "channels" / "pigeon.py").write_text(PIGEON)
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "trial.yaml").write_text(TRIAL)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "SURVEYLAB_PIGEON_LOFT": str(tmp_path / "flown")}
    environment |= {"SURVEYLAB_WORKSPACE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FLOCK.replace("trial.yaml", "experiments/trial.yaml")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.strip() == "{'sent': 4} []", done.stderr
    assert sorted((tmp_path / "flown").read_text().split()) == ["c0", "c1", "c2", "c3"]
