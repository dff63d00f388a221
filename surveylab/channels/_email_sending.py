"""A kept connection to a mail server: each message goes over it once at most for each time that it is handed over."""

from __future__ import annotations

from datetime import UTC, datetime

from surveylab.channels import Outcome, Outgoing, Receipt, UnreachableError
from surveylab.channels._email_message import Origin, message_id, origin_of, written
from surveylab.channels._email_settings import EmailSettings
from surveylab.channels._pace import Pace
from surveylab.channels._smtp import Dialogue, Envelope
from surveylab.mailboxes import UnusableError, controls, email


class EmailSender:
    """The open connection of the channel. Close it behind the batch."""

    def __init__(self, own: EmailSettings) -> None:
        self._own = own
        self._pace = Pace(own.per_second)
        self._dialogue = Dialogue(own.server)

    def open(self) -> None:
        """Connect, and show who we are. UnreachableError where that fails."""
        self._dialogue.open()

    def close(self) -> None:
        """Take leave of the server."""
        self._dialogue.close()

    def send(self, message: Outgoing) -> Receipt:
        """Hand over one message; the contract says what comes back."""
        own = self._own.origin.sender
        origin = self._origin(message.sender)
        try:
            recipient = email(message.address)
        except UnusableError as error:
            why = "has a line break or another control character in it" if controls(message.address) else error
            return Receipt(Outcome.REFUSED, f"not sent: the address {why}")
        if self._dialogue.carried == self._own.per_connection:
            self._dialogue.close()
        utf8 = not recipient.isascii()
        if utf8 and not self._dialogue.offers("smtputf8"):
            return Receipt(
                Outcome.REFUSED, "not sent: the server takes no address with letters beyond ASCII (SMTPUTF8)"
            )
        self._pace.wait()
        name = message_id(message.key, own.domain)
        content = written(message, origin, recipient, name, datetime.now(UTC))
        outcome, line = self._dialogue.transmit(Envelope(own.address, recipient, utf8), content)
        return Receipt(outcome, line, name)

    def _origin(self, sender: str) -> Origin:
        try:
            return origin_of(sender, self._own.origin)
        except UnusableError as error:
            raise UnreachableError(
                f"The message template names {sender!r} as its sender, which {error}. Write a name, or a mailbox "
                "such as Customer service <service@example.org>, or nothing: then it is SURVEYLAB_EMAIL_FROM."
            ) from error
