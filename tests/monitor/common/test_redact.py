import pytest

from monitor.common.redact import redact, redact_event

KEY = "PRIVATE" + " KEY-----"  # in two pieces, or this file would look as if it held one


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg://bot:hunter2@db/logs", "postgresql+psycopg://bot:***@db/logs"),
        ("postgresql://bot:p@ss/w@rd@db/logs is down", "postgresql://bot:***@db/logs is down"),
        ("invalid_auth for xoxb-123-abc-DEF", "invalid_auth for xoxb-***"),
        ("Authorization: Bearer abc.def-ghi123", "Authorization: Bearer ***"),
        ("connect(host=db password=hunter2 port=5)", "connect(host=db password=*** port=5)"),
        ("POST https://hooks.slack.com/services/T0/B0/xyz failed", "POST https://hooks.slack.com/services/*** failed"),
        ("postgresql://u:a b@db is no URL", "postgresql://u:a b@db is no URL"),  # only the configuration knows that one
        ("connect(sslpassword='a \\' b' user=bot)", "connect(sslpassword=*** user=bot)"),
        ("password='a b' host=db", "password=*** host=db"),
        ("password='a b", "password=***"),  # cut off
        ('passwd="x y" and more', "passwd=*** and more"),
        ("GET /blob?se=2026&sig=a%2Fb%3D&sv=1 failed", "GET /blob?se=2026&sig=***&sv=1 failed"),
        (
            "s3://b/k?X-Amz-Credential=AKIA/2026&X-Amz-Security-Token=abc&X-Amz-Signature=0f0f",
            "s3://b/k?X-Amz-Credential=***&X-Amz-Security-Token=***&X-Amz-Signature=***",
        ),
        ("AccountName=a;AccountKey=Zm9v==;EndpointSuffix=b", "AccountName=a;AccountKey=***;EndpointSuffix=b"),
        ("SharedAccessSignature=sv;SharedAccessKey=x", "SharedAccessSignature=***;SharedAccessKey=***"),
        ("?api_key=1&access_token=2&client_secret=3", "?api_key=***&access_token=***&client_secret=***"),
        ('{"api_key": "1", "n": 2, "token":"3"}', '{"api_key": ***, "n": 2, "token":***}'),
        ("{'channel': '#a', 'token': 'x-1", "{'channel': '#a', 'token': ***"),
        ("password: hunter2", "password: ***"),
        ("X-Auth-Token: abc", "X-Auth-Token: ***"),
        ("Authorization: token abc", "Authorization: token ***"),
        ("Authorization: abcdef", "Authorization: ***"),
        ("'Authorization': 'Basic dXNlcjpwdw=='", "'Authorization': 'Basic ***'"),
        ("Proxy-Authorization: Basic dXNlcjpwdw==", "Proxy-Authorization: Basic ***"),
        ("Cookie: a=1; b=2\nHost: x", "Cookie: ***\nHost: x"),
        ("Set-Cookie: session=1; Path=/", "Set-Cookie: ***"),
        ("xoxe.xoxp-1-Mi0y and xapp-1-A-2-b", "xoxe.xoxp-*** and xapp-***"),
        (f"key is -----BEGIN RSA {KEY}\nMIIE\n-----END RSA {KEY} there", "key is *** there"),
        (f"-----BEGIN {KEY}\\nMIIE", "***"),
        ("https://discord.com/api/webhooks/1/abc", "https://discord.com/api/webhooks/***"),
        ("https://x.webhook.office.com/webhookb2/1@2", "https://x.webhook.office.com/webhookb2/***"),
        ("https://api.telegram.org/bot1:AA/sendMessage", "https://api.telegram.org/bot***/sendMessage"),
        ("ghp_0123456789abcdef and AKIA0123456789ABCDEF", "ghp_*** and AKIA***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "***"),
        (
            "slack.token: is not set; set the environment variable",
            "slack.token: is not set; set the environment variable",
        ),
        ("columns.prompt_tokens: there is no column x", "columns.prompt_tokens: there is no column x"),
        ("max_tokens=5 total_tokens = 7", "max_tokens=5 total_tokens = 7"),
        ("password authentication failed for user bot", "password authentication failed for user bot"),
        ("primary key=5 and design=2", "primary key=5 and design=2"),
        ("http://127.0.0.1:8787/-/ready", "http://127.0.0.1:8787/-/ready"),
        ("duckdb:///:memory:", "duckdb:///:memory:"),
    ],
)
def test_no_secret_is_left_in_a_text_and_nothing_else_is_lost(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_an_event_hides_values_under_telling_keys_at_any_depth() -> None:
    event = {"event": "x", "n": 3, "Token": "abc", "inner": {"password": "abc", "urls": ["a://b:c@d"]}}

    assert redact_event(None, "info", event) == {
        "event": "x",
        "n": 3,
        "Token": "***",
        "inner": {"password": "***", "urls": ["a://b:***@d"]},
    }


def test_words_of_users_are_not_logged() -> None:
    event = {"event": "x", "text": "my card was stolen", "response": "call us"}

    assert redact_event(None, "info", event) == {"event": "x", "text": "***", "response": "***"}


def test_an_exception_or_another_object_is_shown_without_its_secrets() -> None:
    error = ConnectionError("cannot reach postgresql://bot:hunter2@db")

    assert redact_event(None, "info", {"error": error}) == {"error": "cannot reach postgresql://bot:***@db"}
