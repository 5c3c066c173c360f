"""What each service that is called over HTTP takes, as its documentation says; who plays it is strict."""

import json

import jsonschema

from tests.repository.paths import ROOT
from tests.support.receiver import Call, Reply
from tests.support.slack_rules import pings, refusal

SCHEMA = json.loads((ROOT / "docs" / "event.schema.json").read_text("utf-8"))
_EVENTS = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def webhook(call: Call) -> Reply:
    """Take an event that fits the documented schema."""
    return Reply(400) if _is_strange(call) or list(_EVENTS.iter_errors(json.loads(call.body))) else Reply(204)


def slack_webhook(call: Call) -> Reply:
    """Take what Slack takes, and nothing that would ping or lead anybody."""
    if _is_strange(call):
        return Reply(400, "invalid_payload")
    body = json.loads(call.body)
    if set(body) - {"text", "blocks", "unfurl_links", "unfurl_media"}:
        return Reply(400, "invalid_payload")
    if (word := refusal(body)) is not None or pings(body):
        return Reply(400, word or "pings")
    return Reply(200, "ok")


def _is_strange(call: Call) -> bool:
    return call.method != "POST" or call.headers.get("content-type") != "application/json; charset=utf-8"
