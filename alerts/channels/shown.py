"""A message as one channel shows it: with the links of its incident, and times by the clocks of its route."""

from dataclasses import fields, replace
from typing import Any

from alerts.channels.channel import Post
from alerts.messages.message import Message
from alerts.messages.zones import in_zone


def shown(message: Message, post: Post) -> Message:
    """The message for whoever the post is for."""
    linked = replace(message, links=post.links)
    if not post.zone:
        return linked
    words = {each.name: getattr(linked, each.name) for each in fields(linked) if each.name != "links"}
    return replace(linked, **{name: _zoned(value, post.zone) for name, value in words.items()})


def _zoned(value: str | tuple[str, ...], zone: str) -> Any:  # noqa: ANN401 - as it came
    return in_zone(value, zone) if isinstance(value, str) else tuple(in_zone(each, zone) for each in value)
