"""What each service that is called over HTTP takes, as its documentation says; who plays it is strict."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

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


ROUTING_KEY = "0123456789abcdef0123456789abcdef"


def pagerduty(call: Call) -> Reply:
    """Take an event as the Events API v2 does."""
    body = json.loads(call.body)
    if _is_strange(call) or call.path != "/v2/enqueue":
        return Reply(404)
    if faults := list(_pagerduty_faults(body)):
        return Reply(400, json.dumps({"status": "invalid event", "errors": faults}))
    return Reply(202, json.dumps({"status": "success", "dedup_key": body["dedup_key"]}))


def _pagerduty_faults(body: dict[str, Any]) -> Iterator[str]:
    if body.get("routing_key") != ROUTING_KEY:
        yield "Invalid routing key"
    known = {"routing_key", "event_action", "dedup_key", "client", "client_url", "payload", "links", "images"}
    yield from (f"'{key}' is not known" for key in set(body) - known)
    if body.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
        yield "'event_action' is invalid"
    if not 0 < len(body.get("dedup_key", "")) <= 255:
        yield "'dedup_key' is invalid"
    if body["event_action"] == "trigger":
        payload = body.get("payload", {})
        if not 0 < len(payload.get("summary", "")) <= 1024:
            yield "'payload.summary' is invalid"
        if payload.get("severity") not in {"critical", "error", "warning", "info"}:
            yield "'payload.severity' is invalid"
        if not payload.get("source") or not isinstance(payload.get("custom_details", {}), dict):
            yield "'payload.source' is missing or blank"
        datetime.fromisoformat(payload["timestamp"])
    if any(not link["href"].startswith("http") for link in body.get("links", ())):
        yield "'links' is invalid"


def alertmanager(call: Call) -> Reply:
    """Take alerts as the API v2 does; a test of the real one holds this to it."""
    if call.method == "GET" and call.path == "/api/v2/status":
        return Reply(200, json.dumps({"versionInfo": {"version": "0.25.0"}}))
    if call.path != "/api/v2/alerts" or not call.headers["content-type"].startswith("application/json"):
        return Reply(404)
    for alert in json.loads(call.body):
        if not all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) for name in (*alert["labels"], *alert["annotations"])):
            return Reply(400, '"invalid label set"')
        starts, ends = (datetime.fromisoformat(alert[key]) for key in ("startsAt", "endsAt"))
        if ends < starts or not alert["labels"].get("alertname"):
            return Reply(400, '"start time must be before end time"')
        if not alert.get("generatorURL", "http").startswith("http"):
            return Reply(422, '{"code":601,"message":"0.generatorURL in body must be of type uri"}')
    return Reply(200)


def teams(call: Call) -> Reply:
    """Take a card as a workflow of Teams does, of elements that it knows and shows as they are."""
    body = json.loads(call.body)
    if len(call.body) > 28 * 1024:
        return Reply(413)
    if _is_strange(call) or body["type"] != "message" or len(body["attachments"]) != 1:
        return Reply(400, "TriggerInputSchemaMismatch")
    (attachment,) = body["attachments"]
    card = attachment["content"]
    known = attachment["contentType"] == "application/vnd.microsoft.card.adaptive" and card["type"] == "AdaptiveCard"
    return Reply(202) if known and card["version"] == "1.4" and all(map(_is_element, card["body"])) else Reply(400)


def _is_element(element: dict[str, Any]) -> bool:
    if element["type"] == "Container":
        styles = {"default", "emphasis", "good", "attention", "warning", "accent"}
        return element["style"] in styles and all(map(_is_element, element["items"]))
    runs = element["inlines"]
    look = {"type", "text", "size", "weight", "color", "isSubtle", "fontType"}
    return element["type"] == "RichTextBlock" and all(
        run["type"] == "TextRun" and run["text"] and "\n" not in run["text"] and set(run) <= look for run in runs
    )


def apprise_json(call: Call) -> Reply:
    """Take what Apprise posts to `json://`."""
    body = json.loads(call.body)
    return Reply(200) if body["title"] and body["message"] and body["type"] in APPRISE_TYPES else Reply(400)


APPRISE_TYPES = {"info", "success", "warning", "failure"}


def _is_strange(call: Call) -> bool:
    return call.method != "POST" or call.headers.get("content-type") != "application/json; charset=utf-8"
