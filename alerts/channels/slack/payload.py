"""What is sent to Slack; pure."""

from dataclasses import replace
from datetime import UTC
from typing import Any, Final

from alerts.channels.channel import Post
from alerts.channels.shown import shown
from alerts.incident import Event
from alerts.messages.message import Message, first_message, root_message
from alerts.messages.slack import Block, SlackMessage, render_plain, render_short, render_slack

_METADATA: Final = "tunewatch_step"


def root(post: Post) -> Message:
    """The first message of an incident, as it stands now."""
    return shown(first_message(post.step, post.now) if post.first else root_message(post.now), post)


def forms(message: Message, below: tuple[Block, ...] = ()) -> tuple[SlackMessage, ...]:
    """The message as it should be, in few blocks, as plain text, as a short line: alerts come first, beauty second.

    `below` are blocks that follow those of the message, in all forms that have blocks but the last of these.
    """
    rich, few = render_slack(message), render_slack(replace(message, reasons=(), others=(), commands=()))
    with_more = tuple(replace(form, blocks=(*form.blocks, *below)) for form in (rich, few))
    return (
        *(with_more if below else (rich,)),
        few,
        SlackMessage(render_plain(message), ()),
        SlackMessage(render_short(message), ()),
    )


MAX_ALT_TEXT: Final = 1000
"""Characters of what a chart shows in words."""


def chart_name(post: Post) -> str:
    """The name of a chart's file, the same on every try: by the incident, and when it opened or was back."""
    incident, is_back = post.step.incident, post.step.event is Event.REOPENED and not post.first
    at = post.step.at if is_back else incident.opened_at or incident.since
    return f"{incident.id}-{at.astimezone(UTC):%Y%m%d-%H%M}.png"


def payload(form: SlackMessage, post: Post, part: str) -> dict[str, Any]:
    """The arguments of a call that sends a form of the message."""
    called = mention(post.mention) if part == "root" or post.step.rings else ""
    return {
        "text": f"{called} {form.text}" if called else form.text,
        "blocks": [*_called(called), *form.blocks] if form.blocks else [],
        "parse": "none",
        "link_names": False,
        "metadata": {"event_type": _METADATA, "event_payload": marks(post, part)},
    }


def mention(who: str) -> str:
    """Who is called, in Slack's markup; "" for nobody.

    >>> mention("@here"), mention("S0123ABCD"), mention("U0123ABCD")
    ('<!here>', '<!subteam^S0123ABCD>', '<@U0123ABCD>')
    """
    if who.startswith("@"):
        return f"<!{who[1:]}>"
    if who.startswith("S"):
        return f"<!subteam^{who}>"
    return f"<@{who}>" if who else ""


def _called(called: str) -> tuple[dict[str, Any], ...]:
    if not called:
        return ()
    return ({"type": "section", "text": {"type": "mrkdwn", "text": called}},)


def marks(post: Post, part: str) -> dict[str, str]:
    """What tells this message from all others: a reply by its notification, the first message by its incident."""
    found = {"part": part, "incident": post.step.incident.id}
    return found | {"notification": post.id} if part == "reply" else found


def metadata(message: dict[str, Any]) -> dict[str, Any]:
    """What was sent with a message that Slack shows; {} where it is not ours."""
    sent = message.get("metadata") or {}
    inner = sent.get("event_payload") or {}
    return inner if sent.get("event_type") == _METADATA and isinstance(inner, dict) else {}
