"""What Slack refuses of a message; the codes are Slack's.

Limits of Block Kit: https://docs.slack.dev/reference/block-kit/blocks
"""

import re
from typing import Any

from tests.support.slack_views import is_actions

MAX_BLOCKS = 50
MAX_TEXT = 4000  # Slack takes 40,000 and advises 4,000; who plays it is strict
MAX_ALL_BLOCKS = 13_000  # not documented; see alerts.messages.slack

_BROADCAST = re.compile(r"<[!@#][^>]*>")
_LINK = re.compile(r"<[a-z]+:[^>]*>")


def refusal(body: dict[str, Any]) -> str | None:
    """Slack's error code for a message that it would not take, or None."""
    text, blocks = body.get("text"), body.get("blocks") or []
    if not text and not blocks:
        return "no_text"
    if not isinstance(text or "", str) or len(text or "") > MAX_TEXT:
        return "msg_too_long"
    if not isinstance(blocks, list) or len(blocks) > MAX_BLOCKS or not all(_is_block(block) for block in blocks):
        return "invalid_blocks"
    if sum(len(text) for text in block_texts(blocks)) > MAX_ALL_BLOCKS:
        return "msg_blocks_too_long"
    return None


def block_texts(blocks: list[dict[str, Any]]) -> list[str]:
    """All texts of valid blocks, in order."""
    return [obj["text"] for block in blocks for obj in _text_objects(block)]


def pings(body: dict[str, Any]) -> list[str]:
    """Mentions and links that Slack would make of a message: what may wake people, or lead them astray."""
    texts = [body.get("text") or "", *block_texts(body.get("blocks") or [])]
    return [hit for text in texts for pattern in (_BROADCAST, _LINK) for hit in pattern.findall(text)]


def _text_objects(block: dict[str, Any]) -> list[dict[str, Any]]:
    if block.get("type") == "actions":
        return []  # buttons are no part of what is read
    return [*([block["text"]] if "text" in block else []), *block.get("fields", []), *block.get("elements", [])]


def _is_block(block: Any) -> bool:  # noqa: ANN401, PLR0911 - whatever was sent; one return for each kind
    if not isinstance(block, dict):
        return False
    match block.get("type"):
        case "header":
            return _is_text(block.get("text"), 150, {"plain_text"})
        case "section":
            fields = block.get("fields", [])
            has_text = "text" in block and _is_text(block["text"], 3000)
            return (has_text or ("text" not in block and bool(fields))) and len(fields) <= 10 and _are_texts(fields)
        case "context":
            elements = block.get("elements") or []
            return 1 <= len(elements) <= 10 and _are_texts(elements)
        case "actions":
            return is_actions(block)
        case "divider":
            return True
    return False


def _are_texts(objects: list[Any]) -> bool:
    return all(_is_text(obj, 2000) for obj in objects)


def _is_text(obj: Any, limit: int, kinds: frozenset[str] | set[str] = frozenset({"plain_text", "mrkdwn"})) -> bool:  # noqa: ANN401
    if not isinstance(obj, dict) or obj.get("type") not in kinds or not isinstance(obj.get("text"), str):
        return False
    known = {"type", "text", "emoji"} if obj["type"] == "plain_text" else {"type", "text", "verbatim"}
    return 1 <= len(obj["text"]) <= limit and set(obj) <= known
