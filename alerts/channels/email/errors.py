"""What a mail server's answers, and its silences, mean for whoever wants to be told.

Codes: RFC 5321, 4.2.3, and RFC 4954, 6. No text of a server is in an error: it may name users.
"""

import smtplib
import ssl
from collections.abc import Mapping
from typing import Final

from alerts.channels.channel import ChannelError
from alerts.channels.silence import said_of

_PERMANENT: Final = 500
_FIT: Final = "email.security and email.port have to fit together: starttls and 587, tls and 465"
_LOGIN: Final = "check email.username and email.password; some providers want a password for this application alone"
_HINTS: Final[Mapping[type[Exception], str]] = {
    smtplib.SMTPAuthenticationError: f"it does not let tunewatch in; {_LOGIN}",
    smtplib.SMTPSenderRefused: "it takes no mail of that sender; check email.sender, and whether it wants a login",
    smtplib.SMTPRecipientsRefused: "it takes no mail for any of these; check email.to",
    smtplib.SMTPHeloError: "it does not want to talk; check email.host and email.sender",
    smtplib.SMTPConnectError: "it does not want to talk; check email.host and email.port",
}


def refused(kind: type[smtplib.SMTPException], code: int) -> ChannelError:
    """The error for an answer with a code, before the mail itself was sent; 4xx may pass."""
    said = f"the mail server answers {code}: {_HINTS.get(kind, 'check email.host')}"
    if code < _PERMANENT:
        return ChannelError(said, permanent=False, is_untaken=True)
    return ChannelError(said, permanent=True, fixable=True)


def mail_refused(code: int) -> ChannelError:
    """The error for an answer to the mail itself; 4xx may pass, 5xx is about what is in it."""
    if code < _PERMANENT:
        return ChannelError(f"the mail server puts the mail off: {code}", permanent=False, is_untaken=True)
    return ChannelError(f"the mail server refuses the mail: {code}; ask who runs it why", permanent=True)


def unanswered(error: Exception, *, is_untaken: bool) -> ChannelError:
    """The error for a talk that broke off, or that could not begin."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__  # such as a time-out
    kind = type(error).__name__
    match error:
        case smtplib.SMTPNotSupportedError():
            said = f"the mail server lacks what is asked of it (STARTTLS, or a login); {_FIT}"
            return ChannelError(said, permanent=True, fixable=True)
        case smtplib.SMTPServerDisconnected():
            said = said_of(ConnectionResetError(), "email.host", "email.timeout")
        case ssl.SSLCertVerificationError():
            said = "its certificate is not trusted (TLS); check email.host"
        case ssl.SSLError():
            said = f"no secure connection (TLS); {_FIT}"
        case ConnectionRefusedError():
            said = "connection refused; check email.host and email.port"
        case TimeoutError():
            said = f"{said_of(error, 'email.host', 'email.timeout')}; {_FIT}"
        case OSError():
            said = said_of(error, "email.host", "email.timeout")
        case _:
            said = f"no mail can be sent: {_LOGIN}; each has to be of ASCII characters"
            return ChannelError(said, permanent=True, fixable=True)
    return ChannelError(f"no answer from the mail server: {said} [{kind}]", permanent=False, is_untaken=is_untaken)
