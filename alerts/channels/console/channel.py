"""Tells incidents to a text stream, such as the standard error of the daemon or of `make demo`."""

import sys
from typing import Self, TextIO

from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.channels.standalone import standalone_message
from alerts.messages.message import Message
from alerts.messages.signs import encodable
from alerts.messages.text import render_text


class ConsoleChannel:
    """Writes one paragraph for each event; a console has no message to keep up to date."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @classmethod
    def on_stderr(cls) -> Self:
        """The console of this process."""
        return cls(sys.stderr)

    def send(self, post: Post) -> Receipt:
        """Write the event; a step without one writes nothing, unless nothing was told before."""
        if (message := standalone_message(post)) is not None:
            self._write(message)
        return Receipt()

    def _write(self, message: Message) -> None:
        text = render_text(message) + "\n\n"
        try:
            self._stream.write(encodable(text, getattr(self._stream, "encoding", None) or "utf-8"))
            self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise ChannelError(f"the console cannot be written to: {error}", permanent=True) from error
