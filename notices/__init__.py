"""Messages out: what the store has queued, put into words and handed to mail and SMS.

It knows the store's public types alone. The outbox that it takes messages from is the
composition root's to give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notices.delivering import Deliverer, Outbox

__all__ = ["make_deliverer"]


def make_deliverer(
    outbox: Outbox,
    *,
    smtp_url: str | None,
    sender: str | None,
    sms_url: str | None,
    sms_token: str | None,
    pages_url: str | None,
) -> Deliverer:
    """Make what delivers the messages of *outbox*.

    A channel without a URL leaves its messages waiting, and so does, for the messages that
    ask a party, a *pages_url* of ``None``. The links are *pages_url*, ``change/`` and a token.

    Raises:
        ValueError: for a URL or a sender that the settings would not have taken.
    """
    from notices.delivering import Deliverer
    from notices.mail import MailTransport
    from notices.mail_server import mail_server
    from notices.sms import SmsTransport
    from notices.transport import Transport
    from store.registrant_changes import Channel

    transports: dict[Channel, Transport] = {}
    if smtp_url is not None:
        if sender is None:
            raise ValueError("mail needs a sender")
        transports[Channel.EMAIL] = MailTransport(mail_server(smtp_url), sender=sender)
    if sms_url is not None:
        transports[Channel.SMS] = SmsTransport(sms_url, token=sms_token)
    base = None if pages_url is None else pages_url.rstrip("/")
    return Deliverer(
        outbox,
        transports,
        link=None if base is None else lambda token: f"{base}/change/{token}",
    )
