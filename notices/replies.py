"""What a mail server's replies mean for a letter, without their text."""

from __future__ import annotations

import re
import ssl

import aiosmtplib

from notices.transport import Verdict
from store.outgoing import Fate

__all__ = ["ANSWERS", "CONNECTION_LOST", "connection_code", "reply_code", "verdict_of"]

_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)")  # RFC 3463

CONNECTION_LOST = "connection lost"

# What the server said about one letter; the connection is fit for the next.
ANSWERS = (
    aiosmtplib.SMTPRecipientsRefused,
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPDataError,
)


def verdict_of(error: Exception) -> Verdict:
    """Say what *error* makes of a letter that was being handed over."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refusal, *_]):
            return verdict_of(refusal)
        case aiosmtplib.SMTPSenderRefused():
            # The sender is a setting: to be mended, and no fault of the recipient.
            return Verdict(fate=Fate.FAILED, code=reply_code(error.code, error.message))
        case aiosmtplib.SMTPRecipientRefused() | aiosmtplib.SMTPDataError():
            code = reply_code(error.code, error.message)
            # RFC 3463 §3.8: X.7 is a matter of policy, most often of what we may send.
            final = error.code // 100 == 5 and not code.partition(" ")[2].startswith("5.7.")
            return Verdict(fate=Fate.REFUSED if final else Fate.FAILED, code=code)
        case aiosmtplib.SMTPResponseException():
            return Verdict(fate=Fate.FAILED, code=reply_code(error.code, error.message))
        case TimeoutError():
            return Verdict(fate=Fate.FAILED, code="timed out")
        case _:
            return Verdict(fate=Fate.FAILED, code=CONNECTION_LOST)


def connection_code(error: Exception) -> str:
    """Name what kept us from a connection."""
    cause = error.__cause__
    match error:
        case aiosmtplib.SMTPResponseException():
            return reply_code(error.code, error.message)
        case TimeoutError():
            return "timed out"
        case ssl.SSLError():
            return "TLS failed"
        case _ if isinstance(cause, ssl.SSLError):
            return "TLS failed"
        case aiosmtplib.SMTPConnectError() | OSError():
            return "unreachable"
        case _:
            return "no TLS or no login offered"


def reply_code(reply: int, text: str) -> str:
    """Give a reply's numbers alone: its text may repeat an address or a header."""
    enhanced = _ENHANCED.match(text)
    return f"{reply} {enhanced[0]}" if enhanced else str(reply)
