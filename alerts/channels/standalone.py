"""What is told of a post where nothing is kept up to date and nothing hangs together: each message stands by itself."""

from dataclasses import replace
from typing import Final

from alerts.channels.channel import Post
from alerts.channels.shown import shown
from alerts.incident import Event, State, Transition
from alerts.messages.message import Message, first_message, reply_message, root_message

_WHOLE: Final = frozenset({Event.OPENED, Event.REOPENED})


def standalone_message(post: Post) -> Message | None:
    """The message; None for a step that nobody is told of, unless nothing was told of its incident before."""
    message = _message(post)
    return None if message is None else shown(message, post)


def _message(post: Post) -> Message | None:
    if post.first:
        return first_message(post.step, post.now)
    if post.step.event is None:
        return None
    return root_message(post.step) if post.step.event in _WHOLE else reply_message(post.step)


def standalone_event(post: Post) -> Transition | None:
    """The step as a program hears of it; None as above.

    What a program is told first of an incident is that it opened, however it stands now, or, where it came and went
    untold, that it is resolved.
    """
    if not post.first:
        return post.step if post.step.event is not None else None
    is_over = post.now.incident.state is State.RESOLVED
    return replace(post.now, event=Event.RESOLVED if is_over else Event.OPENED)


IN_DOUBT: Final = "may be here twice: an earlier try got no answer, and whether it arrived cannot be looked up"
"""What a message says that may be the second of its kind."""


def in_doubt(message: Message, post: Post) -> Message:
    """The message; where an earlier try may have arrived, it says so."""
    return replace(message, facts=(*message.facts, IN_DOUBT)) if post.maybe_sent else message
