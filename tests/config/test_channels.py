"""The sections of channels: what is refused, and what is a secret."""

from collections.abc import Callable

import pytest

from alerts.channels.registry import ROWS
from config.named_channels import NamedChannel
from config.settings import Settings
from tests.config.conftest import MONITOR, Refused

Loaded = Callable[..., Settings]

MAIL = "host: smtp.acme.example, sender: a@acme.example, to: [b@acme.example]"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("alertmanager: {}", "alertmanager.urls is missing"),
        ("alertmanager: {urls: []}", "alertmanager.urls is empty; name at least one"),
        ("alertmanager: {urls: [alertmanager:9093]}", "alertmanager.urls.0 must begin with https:// or http://"),
        ("alertmanager: {urls: ['http://a:b@am:9093']}", "alertmanager.urls.0 must have no user in it"),
        ("pagerduty: {url: 'https://a:b@events.example/'}", "pagerduty.url must have no user in it"),
        (f"email: {{{MAIL}, security: none, username: bot}}", "email.username needs security: starttls or tls"),
        (f"email: {{{MAIL}, security: ssl}}", "email.security must be one of 'starttls', 'tls', 'none', not 'ssl'"),
        (f"email: {{{MAIL}, port: 0}}", "email.port must be at least 1, not 0"),
        ("email: {host: h, sender: a@b, to: []}", "email.to is empty; name at least one"),
        ("email: {host: h, sender: 'A <a@b>', to: [c@d]}", "email.sender must be a mail address such as"),
        ("email: {host: h, sender: a@b, to: ['c@d, e@f']}", "email.to.0 must be a mail address such as"),
        ('email: {host: h, sender: a@b, to: ["c@d\\nBcc: e@f"]}', "email.to.0 must be a mail address such as"),
        ("webhook: {url: 'https://hooks.example/x'}", "webhook.url is a secret and does not belong into the file"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_key(refused: Refused, lines: str, told: str) -> None:
    assert told in refused(f"{MONITOR}{lines}\n")


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("WEBHOOK__URL", "hooks.example/s3cr3t", "must begin with https:// or http://"),
        ("WEBHOOK__URL", "https://u:s3cr3t@hooks.example/", "no user in it"),
        ("WEBHOOK__URL", "https://hooks.example:s3cr3t/", "has a port that is none"),
        ("WEBHOOK__URL", "https://hooks.example/a s3cr3t", "have no space"),
        ("WEBHOOK__SECRET", "whsec_s3cr3t!", "begins with whsec_ and does not go on in base64"),
        ("SLACK_WEBHOOK__URL", "s3cr3t", "must begin with https:// or http://"),
    ],
)
def test_a_secret_that_cannot_be_one_is_told_without_being_shown(
    refused: Refused, variable: str, value: str, told: str
) -> None:
    said = refused(MONITOR, **{f"TUNEWATCH_{variable}": value})

    assert told in said
    assert f"TUNEWATCH_{variable}" in said
    assert "s3cr3t" not in said


def test_credentials_that_exclude_each_other_are_refused(refused: Refused) -> None:
    section = "alertmanager: {urls: ['http://am:9093'], username: bot}\n"
    said = refused(f"{MONITOR}{section}", TUNEWATCH_ALERTMANAGER__TOKEN="t")

    assert "alertmanager.token must not be set beside username" in said


def test_a_password_without_a_user_is_refused(refused: Refused) -> None:
    for section in ("alertmanager: {urls: ['http://am:9093']}", f"email: {{{MAIL}}}"):
        variable = f"TUNEWATCH_{section.partition(':')[0].upper()}__PASSWORD"

        assert "password needs username" in refused(f"{MONITOR}{section}\n", **{variable: "x"})


@pytest.mark.parametrize(
    ("section", "missing"),
    [
        ("webhook: {timeout: 5s}", ["webhook.url"]),
        ("slack_webhook: {timeout: 5s}", ["slack_webhook.url"]),
        ("pagerduty: {timeout: 5s}", ["pagerduty.routing_key"]),
        ("teams: {timeout: 5s}", ["teams.url"]),
        ("apprise: {timeout: 5s}", ["apprise.urls"]),
        ("alertmanager: {urls: ['http://am:9093']}", []),
        (f"email: {{{MAIL}}}", []),
        (f"email: {{{MAIL}, username: bot}}", ["email.password"]),
    ],
)
def test_a_daemon_asks_for_the_secrets_that_a_channel_needs(loaded: Loaded, section: str, missing: list[str]) -> None:
    assert [problem.key for problem in loaded(f"{MONITOR}{section}\n").missing_secrets()] == missing


def test_an_empty_section_is_one_with_its_defaults(loaded: Loaded) -> None:
    assert {each.name for each in loaded(f"{MONITOR}webhook: {{}}\npagerduty:\n").told_in} >= {"webhook"}


def test_every_kind_of_channel_can_have_a_name_and_is_the_same_section_then() -> None:
    kinds = {name: Settings.model_fields[name].annotation for name in NamedChannel.model_fields}

    assert {name: field.annotation for name, field in NamedChannel.model_fields.items()} == kinds
    assert set(kinds) == {row.name for row in ROWS if not row.is_always_there}
