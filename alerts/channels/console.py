"""Tells incidents to a text stream, such as the standard error of the daemon or of `make demo`."""

from typing import TextIO

from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.incident import Event
from alerts.messages.message import reply_message, root_message
from alerts.messages.text import render_text

_WHOLE = frozenset({Event.OPENED, Event.REOPENED})


class ConsoleChannel:
    """Writes one paragraph for each event; a console has no message to keep up to date."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, post: Post) -> Receipt:
        """Write the event; a step without one writes nothing."""
        if post.step.event is not None:
            whole = post.step.event in _WHOLE
            message = root_message(post.step) if whole else reply_message(post.step)
            self._write(render_text(message) + "\n\n")
        return Receipt()

    def _write(self, text: str) -> None:
        try:
            self._stream.write(_encodable(text, self._stream))
            self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise ChannelError(f"the console cannot be written to: {error}", permanent=True) from error


def _encodable(text: str, stream: TextIO) -> str:
    """The text with what the stream's encoding does not have (icons, in Latin-1) replaced."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
