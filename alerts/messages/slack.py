"""The message as Slack's Block Kit, within Slack's limits.

Limits: https://docs.slack.dev/reference/block-kit/blocks. That the text of all blocks together is limited too is not
documented; messages of about 13,200 characters were refused with `msg_blocks_too_long`
(https://github.com/slackapi/bolt-js/issues/2509).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.messages.message import Message
from alerts.messages.mrkdwn import clip, escape
from alerts.messages.text import render_text

Block = dict[str, Any]

MAX_HEADER = 150  # characters, as are all of these
MAX_SECTION = 3000
MAX_TEXT = 4000  # Slack's advice; it cuts at 40,000
MAX_LINE = 700  # one sentence; leaves room for several in a section
MAX_ALL = 10_000  # in all blocks together


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """`blocks` is what people see; `text` is what notifications and screen readers say. Both are escaped."""

    text: str
    blocks: tuple[Block, ...]


def render_slack(message: Message) -> SlackMessage:
    """Build the payload of a message; every sentence of it is escaped here. The text is its first two lines."""
    text = "\n".join(_line(line) for line in render_text(message).splitlines()[:2])
    return SlackMessage(clip(text, MAX_TEXT), tuple(_within(_blocks(message), MAX_ALL)))


def render_plain(message: Message) -> str:
    """The whole message as text without blocks, for when Slack does not take the blocks."""
    return clip("\n".join(_line(line) for line in render_text(message).splitlines()), MAX_TEXT)


def render_short(message: Message) -> str:
    """One line that says what is wrong, as short as a header."""
    return clip(escape(message.headline), MAX_HEADER)


def _blocks(message: Message) -> Iterator[Block]:
    yield {"type": "header", "text": _plain(message.headline)}
    if len(escape(message.headline)) > MAX_HEADER:  # what somebody wrote, say: a note is to be read whole
        yield _section(_line(message.headline))
    hurt = f"\n*Who is hurt:* {_line(message.hurt)}" if message.hurt else ""
    yield _section(f"*What:* {_line(message.problem)}; {_line(message.since)}{hurt}\n*Do:* {_line(message.action)}")
    why = [f"• {_line(reason)}" for reason in message.reasons]
    if message.certainty:
        why.insert(0, f"*How sure:* {_line(message.certainty)}")
    yield from _sections(why)
    if message.links:
        yield _section(" · ".join(f"<{_address(link.url)}|{escape(link.words)}>" for link in message.links))
    yield from _sections([f"• {_line(other)}" for other in message.others], title="*Also:*")
    yield _context(" · ".join(_line(fact) for fact in message.facts))
    if message.commands:
        yield _section("```" + "\n".join(_line(command) for command in message.commands) + "```")


def _sections(lines: Sequence[str], title: str = "") -> Iterator[Block]:
    """Lines in as few sections as hold them."""
    text = title if lines else ""
    for line in lines:
        if len(text) + len(line) + 1 > MAX_SECTION:
            yield _section(text)
            text = line
        else:
            text = f"{text}\n{line}" if text else line
    if text:
        yield _section(text)


def _within(blocks: Iterator[Block], budget: int) -> Iterator[Block]:
    """The blocks that fit; what is left out is less important than what stays, and is in the history anyway."""
    for block in blocks:
        size = sum(len(text["text"]) for text in _texts(block))
        if size <= budget:
            budget -= size
            yield block


def _texts(block: Block) -> Sequence[dict[str, str]]:
    return [block["text"]] if "text" in block else block["elements"]


def _line(text: str) -> str:
    return clip(escape(text), MAX_LINE)


def _address(url: str) -> str:
    """An address of the configuration, which nothing in Slack's markup can tell from more than that."""
    return url.translate(_IN_ADDRESS)


_IN_ADDRESS = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20"})


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": clip(escape(text), MAX_HEADER), "emoji": False}


def _section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def _context(mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(mrkdwn)]}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack makes no links and no mentions of its own.
    return {"type": "mrkdwn", "text": clip(text, MAX_SECTION), "verbatim": True}
