"""SMS: text messages by the gateway of a provider, with signed notices of delivery and of those who answer STOP.

A text message has no subject: its body is all that goes out. docs/channels.md says how the channel is set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from surveylab.channels import Notice, Post, Sender, _sms_settings

if TYPE_CHECKING:
    from surveylab.channels._sms_sending import Shape

BY = "worker"
ADDRESS = "phone"


@contextmanager
def connect(settings: Mapping[str, str], target: str) -> Iterator[Sender]:  # noqa: ARG001 - the contract's arguments
    """One client with its kept connections, until the end of the batch; it connects with the first message."""
    from surveylab.channels import _sms_sending  # late: pages and `--help` need no HTTP client

    own = _sms_settings.read(settings)
    with closing(_sms_sending.GatewaySender(own, _shape(own))) as sender:
        yield sender


def notices(post: Post, settings: Mapping[str, str]) -> Sequence[Notice]:
    """Messages that were delivered or were not, and people who answered STOP."""
    own = _sms_settings.read(settings)
    return _shape(own).notices(own, post)


def _shape(own: _sms_settings.SmsSettings) -> Shape:
    from surveylab.channels import _sms_json, _sms_twilio  # late, as above

    return _sms_twilio if own.gateway == "twilio" else _sms_json
