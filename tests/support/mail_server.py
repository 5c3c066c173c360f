"""A real mail server for tests, with TLS, logins and bad days."""

# ruff: noqa: ARG001, ARG002, N802 - aiosmtpd names its hooks, and gives them what they may want

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "tunewatch", "correct horse"
DROP = "DROP"
"""An answer that never comes: the mail is taken, and the connection ends."""


class Mailbox:
    """Handles what comes in; `trouble` queues answers to the next mails, `refused` maps addresses to answers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.trouble: deque[str] = deque()
        self.refused: dict[str, str] = {}
        self.sender_answer = ""

    def heard(self) -> str:
        """The texts of all mails, with the subject above."""
        return "\n".join(f"{mail['Subject']}\n{text(mail)}" for mail in self.mails)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        trouble = self.trouble.popleft() if self.trouble else ""
        if trouble in {"", DROP}:
            content = envelope.original_content or b""
            assert b"\r\n" in content
            assert b"\n" not in content.replace(b"\r\n", b"")
            assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322, 2.1.1
            self.mails.append(BytesParser(EmailMessage, policy=default).parsebytes(content))
            self.envelopes.append(envelope)
        if trouble == DROP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return trouble or "250 OK"


def text(mail: EmailMessage) -> str:
    """The plain part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def page(mail: EmailMessage) -> str:
    """The HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


class MailServer:
    """Where it listens, and what it got. `certificate` is what to trust."""

    def __init__(self, port: int, mailbox: Mailbox, certificate: Path, controller: Controller) -> None:
        self.port, self.mailbox, self.certificate, self._controller = port, mailbox, certificate, controller

    def close(self) -> None:
        """Hang up; who calls from now on is refused."""
        if self._controller.server is not None:
            self._controller.stop()


@contextmanager
def mail_server(folder: Path, security: Literal["starttls", "tls", "none"] = "starttls") -> Iterator[MailServer]:
    """Run one on this machine, called localhost. With STARTTLS it wants a login."""
    trusted, trust = certificate(folder)
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        server_hostname="localhost",  # else it looks its name up
        ssl_context=trust if security == "tls" else None,
        tls_context=trust if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=_let_in,
        auth_required=security == "starttls",
        auth_require_tls=security == "starttls",
    )
    controller.start()
    server = MailServer(port, mailbox, trusted, controller)
    try:
        yield server
    finally:
        server.close()


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=known)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, and a server's context with it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")]),
    )
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    made, private = folder / "certificate.pem", folder / "key.pem"
    made.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made, private)
    return made, context
