"""Personal emails through a real mail server on this machine: the channel against loops without it.

All render text and HTML, and send over one kept connection to the same aiosmtpd in a process of its own. The bare loop
builds each message by ``EmailMessage``, as one would; the last knows nothing but to send what was built before, which
is as fast as the server takes it. The ledger's part is not in it.
"""

from __future__ import annotations

import argparse
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter

from rehearsal import smtp
from surveylab.channels import Outcome, Outgoing, _email_message, email

SENDER = "service@example.org"
BODY = """Dear {name},

you were our customer on {day}. How was it? Three questions, two minutes:

{link}

Your answer is read by people, and stored without your name.

Kind regards
Customer service

To be left alone: {link}/stop
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="of which the fastest counts")
    chosen = parser.parse_args()
    messages = [personal(place) for place in range(chosen.messages)]
    with a_server() as port:
        ways: dict[str, Callable[[], None]] = {
            "channel": partial(by_the_channel, port, messages),
            "bare loop, EmailMessage": partial(by_hand, port, messages),
            "sending alone": partial(sending_alone, port, built(messages)),
        }
        seconds = {name: min(timed(way) for _ in range(chosen.rounds)) for name, way in ways.items()}
    print(f"{'what':<26} {'messages/s':>10} {'ms each':>8} {'of the bare loop':>17}")
    bare = seconds["bare loop, EmailMessage"]
    for name, took in seconds.items():
        print(f"{name:<26} {len(messages) / took:>10,.0f} {took / len(messages) * 1e3:>8.2f} {bare / took:>17.2f}")


def personal(place: int) -> Outgoing:
    """The message to one person."""
    link = f"https://survey.example.org/r/{place:032x}"
    return Outgoing(
        key=f"{place:064x}",
        unit=f"customer-{place}",
        address=f"customer{place}@example.net",
        link=link,
        opt_out=f"{link}/unsubscribe",
        subject=f"Was it good, customer {place}?",
        body=BODY.format(name=f"customer {place}", day=f"{place % 28 + 1} February", link=link),
        language="en",
    )


@contextmanager
def a_server() -> Iterator[int]:
    """The port of a server in another process, which forgets what it gets."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield int(ours.recv())
    finally:
        ours.send("end")
        process.join()


def serve(ends: Connection) -> None:
    with smtp.running() as server:
        server.accepted = Forgetful()
        ends.send(server.port)
        ends.recv()


class Forgetful(list[smtp.Letter]):
    """Letters that nobody looks at."""

    def append(self, letter: smtp.Letter, /) -> None:
        """Let it go."""


def by_the_channel(port: int, messages: list[Outgoing]) -> None:
    with email.connect({"url": f"smtp://127.0.0.1:{port}?tls=none", "from": SENDER}, "") as sender:
        for each in messages:
            assert sender.send(each).outcome is Outcome.SENT


def by_hand(port: int, messages: list[Outgoing]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for each in messages:
            server.send_message(whole(each))


def whole(message: Outgoing) -> EmailMessage:
    """A message with the same headers and texts, by the standard library."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = SENDER, message.address, message.subject
    made["Message-ID"], made["Date"] = f"<{message.key}@example.org>", datetime.now(UTC)
    made["List-Unsubscribe"] = f"<{message.opt_out}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made["Auto-Submitted"], made["Precedence"] = "auto-generated", "bulk"
    made.set_content(message.body)
    made.add_alternative(_email_message.html(message, message.subject), subtype="html")
    return made


def built(messages: list[Outgoing]) -> list[tuple[str, bytes]]:
    """Address and content of each message."""
    origin = _email_message.Origin(_email_message.mailbox(SENDER))
    at = datetime.now(UTC)
    return [(each.address, _email_message.written(each, origin, each.address, each.key, at)) for each in messages]


def sending_alone(port: int, contents: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for address, content in contents:
            server.sendmail(SENDER, [address], content)


def timed(way: Callable[[], None]) -> float:
    begun = perf_counter()
    way()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
