"""What Slack refuses of buttons and dialogs.

Limits: https://docs.slack.dev/reference/views, https://docs.slack.dev/reference/block-kit/block-elements
"""

from typing import Any

MAX_TITLE = 24
MAX_VIEW_BLOCKS = 100
MAX_METADATA = 3000


def is_actions(block: dict[str, Any]) -> bool:
    """Whether a block of buttons is as it should be."""
    elements = block.get("elements") or []
    names = [element.get("action_id") for element in elements]
    return (
        1 <= len(elements) <= 25
        and len(set(names)) == len(names)
        and len(block.get("block_id", "")) <= 255
        and all(map(_is_button, elements))
    )


def view_refusal(view: dict[str, Any]) -> str | None:
    """Slack's code for a dialog that it would not show, or None."""
    known = {"type", "callback_id", "private_metadata", "title", "submit", "close", "blocks"}
    texts = (view.get("title"), view.get("submit"), view.get("close"))
    blocks = view.get("blocks") or []
    names = [block.get("block_id") for block in blocks if "block_id" in block]
    good = (
        view.get("type") == "modal"
        and set(view) <= known
        and all(is_plain(text, MAX_TITLE) for text in texts)
        and len(view.get("private_metadata", "")) <= MAX_METADATA
        and 1 <= len(blocks) <= MAX_VIEW_BLOCKS
        and len(set(names)) == len(names)
        and all(map(_is_view_block, blocks))
    )
    return None if good else "invalid_arguments"


def is_plain(text: Any, limit: int) -> bool:  # noqa: ANN401 - whatever was sent
    """Whether it is plain text within a limit."""
    return (
        isinstance(text, dict)
        and text.get("type") == "plain_text"
        and set(text) <= {"type", "text", "emoji"}
        and 1 <= len(text.get("text", "")) <= limit
    )


def _is_button(element: dict[str, Any]) -> bool:
    return (
        element.get("type") == "button"
        and set(element) <= {"type", "action_id", "text", "value", "style"}
        and is_plain(element.get("text"), 75)
        and 1 <= len(element.get("action_id", "")) <= 255
        and len(element.get("value", "")) <= 2000
        and element.get("style", "primary") in {"primary", "danger"}
    )


def _is_view_block(block: dict[str, Any]) -> bool:
    if block.get("type") == "section":
        return is_plain(block.get("text"), 3000)
    return (
        block.get("type") == "input"
        and set(block) <= {"type", "block_id", "label", "element", "hint", "optional"}
        and is_plain(block.get("label"), 2000)
        and ("hint" not in block or is_plain(block["hint"], 2000))
        and _is_input(block.get("element") or {})
    )


def _is_input(element: dict[str, Any]) -> bool:
    match element.get("type"):
        case "plain_text_input":
            longest = element.get("max_length", 3000)
            return bool(longest <= 3000) and len(element.get("initial_value", "")) <= longest
        case "static_select":
            options = element.get("options") or []
            fit = all(is_plain(each["text"], 75) and len(each["value"]) <= 150 for each in options)
            return fit and 1 <= len(options) <= 100 and element.get("initial_option", options[0]) in options
    return False
