"""Email: messages by SMTP, with one-click opt-out, and signed notices of bounces, complaints and automatic replies.

docs/channels.md says how the channel is set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from surveylab.channels import Notice, Post, Sender

if TYPE_CHECKING:
    from surveylab.channels._email_sending import EmailSender

BY = "worker"
ADDRESS = "email"


@contextmanager
def connect(settings: Mapping[str, str], target: str) -> Iterator[Sender]:  # noqa: ARG001 - the contract's arguments
    """One connection to the mail server, kept until the end of the batch and made anew where the server closed it."""
    from surveylab.channels import _email_sending, _email_settings  # late: pages and `--help` send nothing

    sender: EmailSender = _email_sending.EmailSender(_email_settings.read(settings))
    try:
        sender.open()
        yield sender
    finally:
        sender.close()


def notices(post: Post, settings: Mapping[str, str]) -> Sequence[Notice]:
    """What a relay tells of messages; and reports of delivery and automatic replies that came as messages."""
    from surveylab.channels import _email_notices, _email_settings  # late, as above

    return _email_notices.notices(post, _email_settings.secret(settings))
