"""Workers that are killed at any moment: nobody gets one contact twice, and nobody who is due is forgotten.

Real processes send through a real mail server; what it has accepted is what people got.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rehearsal import smtp
from rehearsal.smtp import MailServer
from surveylab import spec
from surveylab.fieldwork import recruit
from surveylab.fieldwork.worker import ATTEMPT_LASTS, CLAIM_LASTS
from surveylab.store import contacts, histories, snapshots
from surveylab.store.ledger import Ledger

ROOT = Path(__file__).parents[2]
DRAWN = datetime(2026, 3, 2, 6, tzinfo=UTC)
AGAIN = max(ATTEMPT_LASTS, CLAIM_LASTS) + timedelta(minutes=1)
"""How far the clock is put on behind a death, so that what was in hand is taken from the dead."""
TRIAL = """
format: 1
title: Two subjects
frame: {{source: customers}}
inquiries: {{reply: {{outcome: response, contrast: {{words: [b, a]}}}}}}
sampling: {{scheme: srs, n: {n}}}
assignment:
  scheme: complete
  factors: {{words: {{varies: messages.invitation.subject, levels: {{a: One, b: Two}}}}}}
contact: {{channel: email, send_at: null, quiet_hours: ["00:00", "00:00"], closes: P30D}}
messages: {{invitation: {{subject: Hello, body: "{{link|}}"}}}}
measurement: {{instrument: nps}}
"""
WORKER = """
import sys
from datetime import datetime
from surveylab.fieldwork.worker import Worker, send_due
from surveylab.settings import from_environment
from surveylab.store.ledger import open_ledger
settings = from_environment()
now = datetime.fromisoformat(sys.argv[1])
def failed(channel, error):
    sys.exit(f"{channel}: {error}")
print(dict(send_due(Worker(open_ledger(settings.database_url), "http://x", lambda: now), settings, failed)))
"""


def drawn(ledger: Ledger, n: int, at: datetime = DRAWN) -> None:
    """So many cases, each with an email address."""
    people = ((f"c{one:05}", {"region": "north"}, {"email": f"c{one:05}@example.org"}) for one in range(n))
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "digest", people, at)
    written = {"trial.yaml": TRIAL.format(n=n), "nps.yaml": (ROOT / "instruments" / "nps.yaml").read_text()}
    recruit.draw(ledger, spec.read_documents(written, "trial.yaml"), at)


@contextmanager
def working(ledger_url: str, server: MailServer, now: datetime) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own, which sends what is due and ends."""
    settings = {"SURVEYLAB_DATABASE_URL": ledger_url, "SURVEYLAB_EMAIL_URL": server.url}
    settings |= {"SURVEYLAB_EMAIL_FROM": "service@example.org", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WORKER, now.isoformat()]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, env={**os.environ, **settings}, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def got(server: MailServer) -> Counter[str]:
    """Unit -> messages that it got."""
    return Counter(letter.recipient.partition("@")[0] for letter in server.accepted)


def killed_after(server: MailServer, process: subprocess.Popen[str], more: int) -> None:
    """Kill a worker once so many more messages have been accepted, whatever it does then; else it has ended."""
    until = len(server.accepted) + more
    while process.poll() is None and len(server.accepted) < until:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    process.wait(30)


def settled(ledger: Ledger, server: MailServer, n: int, deaths: int) -> None:
    """Everybody got one message, or is uncertain; what is said to be sent was got; each case has one code."""
    with ledger.read() as conn:
        states = {each.unit: each.state for each in contacts.journal(conn, "trial")}
        codes = sum(len(some) for some in histories.case_records(conn, 1))
    many = got(server)
    assert set(many.values()) == {1}
    assert len(states) == codes == n
    assert set(states.values()) <= {"sent", "uncertain"}
    assert {unit for unit, state in states.items() if state == "sent"} <= many.keys()
    unsure = Counter(states.values())["uncertain"]
    assert unsure <= deaths
    assert n - len(many) <= unsure


def test_a_worker_that_is_killed_fifty_times_doubles_and_forgets_nobody(tmp_path: Path) -> None:
    """At fifty moments of a batch of 5,000; at most the one message that was under way is left to a person."""
    from surveylab.store.ledger import open_ledger

    url, n, deaths = f"sqlite:///{tmp_path / 'ledger.db'}", 5_000, 50
    chance, now, ledger = random.Random(7), DRAWN, open_ledger(url)
    drawn(ledger, n)
    with smtp.running() as server:
        for _ in range(deaths):
            with working(url, server, now) as process:
                killed_after(server, process, chance.randrange(1, 120))
            now += AGAIN
        for _ in range(2):  # the second finds what the first had to leave to the last one that died
            with working(url, server, now) as process:
                told, errors = process.communicate(timeout=240)
            assert process.returncode == 0, errors
            now += AGAIN
        settled(ledger, server, n, deaths)
        assert told.strip() == "{}"
    ledger.close()


def test_four_workers_on_one_ledger_of_whom_two_are_killed(ledger: Ledger, ledger_url: str) -> None:
    """On either engine they share what is due, and what the dead had in hand is done by the others later."""
    n = 400
    drawn(ledger, n)
    with smtp.running() as server:
        with (
            working(ledger_url, server, DRAWN) as one,
            working(ledger_url, server, DRAWN) as two,
            working(ledger_url, server, DRAWN) as three,
            working(ledger_url, server, DRAWN) as four,
        ):
            killed_after(server, one, 40)
            killed_after(server, two, 40)
            for each in (three, four):
                _, errors = each.communicate(timeout=120)
                assert each.returncode == 0, errors
        with working(ledger_url, server, DRAWN + AGAIN) as last:
            _, errors = last.communicate(timeout=120)
            assert last.returncode == 0, errors
        settled(ledger, server, n, 2)


def test_a_worker_that_is_told_to_stop_leaves_nothing_uncertain(tmp_path: Path) -> None:
    """By SIGTERM and by SIGINT: the message under way is settled, all else is planned as before."""
    from surveylab.store.ledger import open_ledger

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = open_ledger(url)
    drawn(ledger, 300, datetime.now(UTC))
    with smtp.running() as server:
        settings = {"SURVEYLAB_DATABASE_URL": url, "SURVEYLAB_EMAIL_URL": server.url}
        settings |= {"SURVEYLAB_EMAIL_FROM": "service@example.org", "SURVEYLAB_EMAIL_PER_SECOND": "50"}
        settings |= {"SURVEYLAB_WORKSPACE": str(tmp_path), "PYTHONPATH": str(ROOT)}
        for told in (signal.SIGTERM, signal.SIGINT):
            before = len(server.accepted)
            command = [sys.executable, "-m", "surveylab", "worker"]
            process = subprocess.Popen(command, env={**os.environ, **settings}, cwd=ROOT, stdout=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            while len(server.accepted) < before + 20 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(told)
            process.wait(60)
            with ledger.read() as conn:
                states = contacts.counts(conn, "trial")
            assert states.keys() == {"sent", "planned"}
            assert before + 20 <= states["sent"] == len(server.accepted) < 300
    ledger.close()
