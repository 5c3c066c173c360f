"""E-mail against a real mail server: threads, logins, and what comes twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.channel import ChannelError, Picture, Post
from alerts.channels.email.channel import PORTS, EmailChannel
from alerts.channels.standalone import IN_DOUBT
from alerts.incident import Event, Reason
from tests.alerts.channels.test_channels import RESOLVED
from tests.support.incidents import T0, finding, opened, step
from tests.support.mail_server import DROP, PASSWORD, USER, MailServer, mail_server, page, text
from tests.support.receiver import Receiver, Reply

ESCALATED = step(Event.ESCALATED, Reason.SEVERITY_ROSE)
TO = ("ada@acme.example", "bob@acme.example")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        yield found


def channel(server: MailServer, **changes: Any) -> EmailChannel:  # noqa: ANN401 - whatever the channel takes
    usual = {"port": server.port, "username": USER, "password": PASSWORD, "to": TO, "timeout": 5}
    return EmailChannel(**{"host": "localhost", "sender": "tunewatch@acme.example", **usual, **changes})


def fail(channel: EmailChannel) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        channel.send(Post("1", opened()))
    assert PASSWORD not in str(failure.value)
    return failure.value


def test_an_incident_is_one_thread_whichever_mail_came_first(server: MailServer) -> None:
    sent = channel(server)
    ref = sent.send(Post("1", opened(), first=True)).ref
    sent.send(Post("2", ESCALATED, ref))
    sent.send(Post("3", RESOLVED, ref))
    mails = server.mailbox.mails

    assert [mail["Subject"] for mail in mails] == [ref, f"Re: {ref}", f"Re: {ref}"]
    assert ref == "support-bot: recall of urgent 12%, floor 80%"
    assert {mail["References"] for mail in mails} == {f"<{opened().incident.id}@acme.example>"}
    assert {mail["In-Reply-To"] for mail in mails} == {f"<{opened().incident.id}@acme.example>"}
    assert len({mail["Message-ID"] for mail in mails}) == 3


def test_a_mail_says_first_what_broke_and_what_to_do(server: MailServer) -> None:
    channel(server).send(Post("1", opened(), first=True))
    (mail,) = server.mailbox.mails
    first, _, second, *_ = text(mail).splitlines()

    assert first == (
        "🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → roll the prompt back to the version before"
    )
    assert second.startswith("→ Roll the prompt back to the version before")
    assert "<b>Roll the prompt back to the version before</b>" in page(mail)
    assert (mail["Importance"], mail["X-Tunewatch-Severity"]) == ("high", "critical")
    assert mail["From"] == "tunewatch <tunewatch@acme.example>"
    assert mail["To"] == "ada@acme.example, bob@acme.example"
    assert server.mailbox.envelopes[0].rcpt_tos == list(TO)


def test_what_is_over_is_not_urgent(server: MailServer) -> None:
    channel(server).send(Post("3", RESOLVED, "support-bot: recall of urgent 12%"))

    assert server.mailbox.mails[0]["Importance"] is None


def test_names_of_classes_are_no_markup_and_no_headers(server: MailServer) -> None:
    nasty = "<script>x</script>\r\nBcc: eve@evil.example \u202e"
    channel(server).send(Post("1", opened(finding(subject=nasty)), first=True))
    (mail,) = server.mailbox.mails

    assert mail["Bcc"] is None
    assert server.mailbox.envelopes[0].rcpt_tos == list(TO)
    assert "<script>" not in page(mail)
    assert "&lt;script&gt;" in page(mail)
    assert "\u202e" not in page(mail) + text(mail)


def test_a_mail_whose_answer_was_lost_comes_again_under_the_same_id_and_says_so(server: MailServer) -> None:
    server.mailbox.trouble.append(DROP)
    error = fail(channel(server))
    assert (error.permanent, error.is_untaken) == (False, False)
    channel(server).send(Post("1", opened(), maybe_sent=True))
    first, second = server.mailbox.mails

    assert first["Message-ID"] == second["Message-ID"]
    assert IN_DOUBT not in text(first)
    assert IN_DOUBT in text(second)


def test_nothing_is_sent_once_somebody_else_has_the_post(server: MailServer) -> None:
    for lost in (1, 2):
        calls = iter(range(1, lost))

        def lose_it(calls: Iterator[int] = calls) -> None:
            if next(calls, None) is None:
                raise LookupError

        with pytest.raises(LookupError):
            channel(server).send(Post("1", opened(), before_request=lose_it))
    assert server.mailbox.mails == []


def test_news_are_not_dropped_as_the_mail_before(server: MailServer) -> None:
    channel(server).send(Post("1", opened(), first=True))
    channel(server).send(Post("1", opened(), present=RESOLVED, first=True))

    assert len({mail["Message-ID"] for mail in server.mailbox.mails}) == 2


@pytest.mark.parametrize(("answer", "permanent"), [("451 try later", False), ("554 looks like spam", True)])
def test_a_mail_that_the_server_does_not_take_was_not_told(server: MailServer, answer: str, *, permanent: bool) -> None:
    server.mailbox.trouble.append(answer)
    error = fail(channel(server))

    assert (error.permanent, error.fixable, error.is_untaken) == (permanent, False, not permanent)
    assert answer[:3] in str(error)
    assert "spam" not in str(error)


def test_one_who_is_not_known_keeps_the_others_from_nothing(server: MailServer) -> None:
    server.mailbox.refused["bob@acme.example"] = "550 no such user"
    receipt = channel(server).send(Post("1", opened()))

    assert receipt.note == "the mail server takes no mail for bob@acme.example; check email.to"
    assert server.mailbox.envelopes[0].rcpt_tos == ["ada@acme.example"]


@pytest.mark.parametrize(("code", "fixable"), [("550", True), ("450", False)])
def test_nobody_who_is_known_is_an_error(server: MailServer, code: str, *, fixable: bool) -> None:
    server.mailbox.refused |= dict.fromkeys(TO, f"{code} no")
    error = fail(channel(server))

    assert (error.permanent, error.fixable) == (fixable, fixable)
    assert "check email.to" in str(error)
    assert server.mailbox.mails == []


def test_a_sender_that_may_not_send_is_named(server: MailServer) -> None:
    server.mailbox.sender_answer = "553 not yours"
    error = fail(channel(server))

    assert error.fixable
    assert "check email.sender" in str(error)


def test_a_wrong_password_is_named_and_not_shown(server: MailServer) -> None:
    error = fail(channel(server, password="s3cr3t"))

    assert (error.permanent, error.fixable) == (True, True)
    assert "check email.username and email.password" in str(error)
    assert "s3cr3t" not in str(error)


def test_a_password_that_no_login_carries_is_named(server: MailServer) -> None:
    assert "of ASCII characters" in str(fail(channel(server, password="pässword")))


def test_a_server_that_wants_a_login_says_so(server: MailServer) -> None:
    error = fail(channel(server, username=None))

    assert error.fixable
    assert "whether it wants a login" in str(error)


def test_a_certificate_that_nobody_trusts_is_named(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    error = fail(channel(server))

    assert "its certificate is not trusted (TLS)" in str(error)
    assert error.is_untaken


def test_a_certificate_of_another_name_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))

        assert "certificate is not trusted" in str(fail(channel(server, host="127.1")))


@pytest.mark.parametrize("security", ["tls", "none"])
def test_tls_from_the_start_and_none_at_all(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: Any,  # noqa: ANN401
) -> None:
    with mail_server(tmp_path, security) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        sent = channel(server, security=security, username=USER if security == "tls" else None)

        assert sent.check() == f"localhost:{server.port} as tunewatch@acme.example"
        sent.send(Post("1", opened()))
        assert len(server.mailbox.mails) == 1


def test_a_server_without_starttls_is_named(tmp_path: Path) -> None:
    with mail_server(tmp_path, "none") as server:
        error = fail(channel(server))

        assert (error.permanent, error.fixable) == (True, True)
        assert "email.security and email.port have to fit together" in str(error)
        assert server.mailbox.mails == []


def test_tls_with_a_server_that_has_it_later_is_named(server: MailServer) -> None:
    assert "email.security and email.port have to fit together" in str(fail(channel(server, security="tls")))


def test_where_nobody_is_the_cause_is_named(server: MailServer) -> None:
    server.close()
    refused = fail(channel(server))

    assert refused.is_untaken
    assert "connection refused; check email.host and email.port" in str(refused)
    assert "resolved (DNS); check the network and email.host" in str(fail(channel(server, host="nowhere.invalid")))


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with Receiver(lambda _: Reply()) as silent:  # it waits for a request, and a mail server speaks first
        mute = EmailChannel(host="127.0.0.1", sender="a@b.example", to=TO, port=int(silent.origin[-5:]), timeout=0.2)
        error = fail(mute)

    assert error.is_untaken
    assert "raise email.timeout; email.security and email.port have to fit together" in str(error)


def test_the_first_mail_has_the_chart_within_its_page(server: MailServer) -> None:
    drawn = Post("1", opened(), first=True, draw=lambda _: Picture(b"\x89PNG a chart", "Recall of urgent <fell>"))
    channel(server).send(drawn)
    channel(server).send(replace(drawn, id="2", step=step(Event.ESCALATED, Reason.SEVERITY_ROSE), first=False))
    first, second = server.mailbox.mails
    (image,) = [part for part in first.walk() if part.get_content_type() == "image/png"]
    page = first.get_body(("html",))

    assert page is not None
    assert 'src="cid:chart" alt="Recall of urgent &lt;fell&gt;"' in page.get_content()
    assert (image["Content-ID"], image.get_content()) == ("<chart>", b"\x89PNG a chart")
    assert text(first).startswith("🔴 CRITICAL support-bot: recall of urgent 12%")
    assert not any(part.get_content_type() == "image/png" for part in second.walk())


def test_a_name_of_any_length_fits(server: MailServer) -> None:
    channel(server).send(Post("1", opened(finding(subject="x" * 5000)), first=True))

    assert server.mailbox.mails[0]["Subject"].startswith("support-bot: recall of xxxxxxxxxxxxxxxxxxx…xxxx")


def test_the_date_is_that_of_the_try(server: MailServer) -> None:
    channel(server).send(Post("1", opened(), sent_at=replace(opened(), at=T0).at.replace(hour=9)))

    assert server.mailbox.mails[0]["Date"] == "Sun, 29 Mar 2026 09:00:00 +0000"


def test_ports_are_the_usual_ones() -> None:
    assert dict(PORTS) == {"starttls": 587, "tls": 465, "none": 25}
