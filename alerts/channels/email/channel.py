"""Tells incidents by e-mail: a mail for each step, all of an incident in one thread.

A mail is sent twice only where the server's answer to it was lost. Then it has the same Message-ID, by which servers
and clients may drop it, and says that it may be there twice.
"""

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Final, Literal

from alerts.channels.channel import Post, Receipt
from alerts.channels.email.errors import mail_refused, refused, unanswered
from alerts.channels.email.payload import Envelope, mail, subject_of
from alerts.channels.standalone import in_doubt, standalone_message

Security = Literal["starttls", "tls", "none"]

PORTS: Final[Mapping[Security, int]] = {"starttls": 587, "tls": 465, "none": 25}
"""Where a server listens, unless told otherwise."""

_OK = range(200, 300)
_FAILURES = (OSError, smtplib.SMTPException, ValueError)


class EmailChannel:
    """Sends from `sender` to each of `to` by one server. Certificates are checked; `timeout` is in seconds."""

    def __init__(  # noqa: PLR0913 - each is a key of its section
        self,
        *,
        host: str,
        sender: str,
        to: Sequence[str],
        port: int | None = None,
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout: float = 10,
    ) -> None:
        self._host, self._port, self._security, self._timeout = host, port or PORTS[security], security, timeout
        self._envelope = Envelope(sender, tuple(to))
        self._login = None if username is None else (username, password or "")

    def check(self) -> str:
        """Log in and out, and name the server. Raises ChannelError."""
        with self._connection():
            return f"{self._host}:{self._port} as {self._envelope.sender}"

    def send(self, post: Post) -> Receipt:
        """Send a mail of the step. Raises ChannelError."""
        message = standalone_message(post)
        if message is None:
            return Receipt()
        subject = post.thread or subject_of(message)
        written = mail(in_doubt(message, post), post, self._envelope, subject)
        post.before_request()
        with self._connection() as server:
            refusals = self._address(server)
            post.before_request()  # the talk so far may have taken a while
            self._hand_over(server, written)
        note = f"the mail server takes no mail for {', '.join(refusals)}; check email.to" if refusals else ""
        return Receipt(subject, note)

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A server that let us in."""
        server = self._talk()
        try:
            yield server
        finally:
            with suppress(*_FAILURES):  # what was told was told
                server.quit()
            server.close()

    def _talk(self) -> smtplib.SMTP:
        server: smtplib.SMTP | None = None
        try:
            server = self._connect()
            if self._security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._login is not None:
                server.login(*self._login)
        except smtplib.SMTPResponseException as error:
            failure = refused(type(error), error.smtp_code)
        except _FAILURES as error:
            failure = unanswered(error, is_untaken=True)
        else:
            return server
        if server is not None:
            server.close()
        raise failure  # out here: what the library raises may hold what the server said of a user

    def _connect(self) -> smtplib.SMTP:
        # Named by the sender's domain: to look this machine's name up may take long where there is no DNS.
        name = self._envelope.domain
        if self._security == "tls":
            trust = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, name, timeout=self._timeout, context=trust)
        return smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)

    def _address(self, server: smtplib.SMTP) -> list[str]:
        """Say from whom and to whom; the recipients that the server refuses, unless it refuses all."""
        try:
            server.ehlo_or_helo_if_needed()
            sender, _ = server.mail(self._envelope.sender)
            answers = {to: server.rcpt(to)[0] for to in self._envelope.to} if sender in _OK else {}
        except smtplib.SMTPResponseException as error:
            failure = refused(type(error), error.smtp_code)
        except _FAILURES as error:
            failure = unanswered(error, is_untaken=True)
        else:
            if sender not in _OK:
                raise refused(smtplib.SMTPSenderRefused, sender)
            if all(code not in _OK for code in answers.values()):
                raise refused(smtplib.SMTPRecipientsRefused, min(answers.values()))  # 4xx, if any: that may pass
            return [to for to, code in answers.items() if code not in _OK]
        raise failure

    def _hand_over(self, server: smtplib.SMTP, written: EmailMessage) -> None:
        try:
            code, _ = server.data(written.as_bytes())
        except smtplib.SMTPDataError as error:
            failure = mail_refused(error.smtp_code)
        except _FAILURES as error:
            failure = unanswered(error, is_untaken=False)
        else:
            if code in _OK:
                return
            failure = mail_refused(code)
        raise failure
