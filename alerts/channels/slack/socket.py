"""One connection to Slack by Socket Mode: clicks come in on it, so that no port need be open to the world.

Slack ends connections every few hours and says so before; the SDK's client then opens the next one. Whatever else ends
one is for whoever holds this to see (`is_alive`) and to mend, with a pause that grows.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from alerts.channels.channel import ChannelError
from alerts.channels.slack.calls import call
from alerts.channels.slack.errors import SlackError, about_app_token
from alerts.channels.slack.silence import unanswered

HELLO_WITHIN: Final = 15.0
"""Seconds within which Slack greets a connection that works."""

AT_ONCE: Final = 4
"""Clicks that are worked on side by side."""

Json = Mapping[str, Any]

Answer = Callable[[Json], Json | None]
"""From what was pressed to what Slack is answered. Where it raises, Slack is not told that the click was taken."""

_SILENT: Final = logging.getLogger("alerts.channels.slack.socket.sdk")
_SILENT.setLevel(logging.CRITICAL + 1)  # its lines hold tokens of connections and words of users


class SlackSocket:
    """A connection for an app, and the calls that answer people. `timeout` is in seconds.

    `app_token` opens connections (xapp-…, scope `connections:write`), `token` is the bot's.
    """

    def __init__(self, app_token: str, token: str, base_url: str, timeout: float) -> None:
        self._client = WebClient(
            token=token,
            base_url=base_url,
            timeout=timeout,  # type: ignore[arg-type] # as in channel.py
            retry_handlers=[],
            logger=_SILENT,
        )
        self._app_token = app_token
        self._hello = threading.Event()
        self._error: Exception | None = None
        self._socket: SocketModeClient | None = None

    def connect(self, answer: Answer) -> None:
        """Open it, and have clicks answered from now on, in threads of their own. Raises ChannelError."""
        self._socket = socket = _Client(
            app_token=self._app_token,
            web_client=self._client,
            logger=_SILENT,
            auto_reconnect_enabled=False,
            concurrency=AT_ONCE,
            on_error_listeners=[self._failed],
        )
        socket.message_listeners.append(self._greeted)
        socket.socket_mode_request_listeners.append(lambda _client, request: _obey(socket, request, answer))
        try:
            socket.connect()
            if not socket.is_connected():
                raise unanswered(self._error or ConnectionError())
            if not self._hello.wait(HELLO_WITHIN):
                raise unanswered(TimeoutError())
        except ChannelError:
            self.close()
            raise

    @property
    def is_alive(self) -> bool:
        """Whether clicks would come in."""
        return self._socket is not None and self._socket.is_connected()

    def close(self) -> None:
        """Hang up, once clicks that are being worked on are answered."""
        if self._socket is not None:
            # The SDK's threads may let go of the same connection at this moment, and then one of them finds none.
            # So twice, since what it did not come to is left to do.
            for _ in range(2):
                with suppress(AttributeError, OSError):
                    self._socket.close()
                    break

    def open_dialog(self, trigger: str, view: Json) -> None:
        """Show a dialog to whoever clicked. Raises ChannelError."""
        call(self._client.views_open, trigger_id=trigger, view=dict(view))

    def whisper(self, channel: str, user: str, text: str, ts: str) -> None:
        """Say something in a thread that one person alone sees. Raises ChannelError."""
        call(self._client.chat_postEphemeral, channel=channel, user=user, text=text, thread_ts=ts, parse="none")

    def say(self, channel: str, text: str, ts: str) -> None:
        """Say something in a thread. Raises ChannelError."""
        call(self._client.chat_postMessage, channel=channel, text=text, thread_ts=ts, parse="none", link_names=False)

    def _failed(self, error: Exception) -> None:
        self._error = error

    def _greeted(self, _client: BaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            self._hello.set()


class _Client(SocketModeClient):
    """The SDK's, but for asking for an address once: it would wait as long as Slack says, with the thread it has."""

    def issue_new_wss_url(self) -> str:
        try:
            return str(call(self.web_client.apps_connections_open, app_token=self.app_token)["url"])
        except SlackError as error:
            raise about_app_token(error) from None


def _obey(client: SocketModeClient, request: SocketModeRequest, answer: Answer) -> None:
    """Have a click answered; only then Slack hears that it was taken, so that what it hears was kept."""
    said = answer(request.payload) if request.type == "interactive" else None
    payload = dict(said) if said and request.accepts_response_payload else None
    client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
