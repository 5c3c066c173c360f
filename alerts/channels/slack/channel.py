"""Tells incidents in a Slack channel: one message each, kept up to date, and a thread of what happened.

Delivery is at least once. Slack has no idempotency key, so each message carries its notification's id as metadata, and
a try that follows an uncertain one looks for it first. That needs a history scope and, for the first message of an
incident, the channel's id: that of the configuration, or where it has a name the one that Slack answered with before.
Where they are missing the message is sent again, since a double alert is better than none.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alerts.channels.channel import Picture, Post, Receipt
from alerts.channels.shown import shown
from alerts.channels.slack.buttons import buttons
from alerts.channels.slack.calls import Method, call
from alerts.channels.slack.errors import (
    CANNOT_LOOK,
    ROOT_IS_FIXED,
    ROOT_IS_GONE,
    SlackError,
    no_files,
    slack_error,
)
from alerts.channels.slack.payload import MAX_ALT_TEXT, chart_name, forms, marks, metadata, payload, root
from alerts.incident import Event
from alerts.messages.message import Message, reply_message

if TYPE_CHECKING:  # a tenth of a second to import, for whoever has Slack
    from slack_sdk.web import SlackResponse

BASE_URL: Final = "https://slack.com/api/"

_INERT: Final = {"unfurl_links": False, "unfurl_media": False}
_ID: Final = re.compile(r"[CGD][A-Z0-9]{6,}")
_PAGE: Final = 200  # messages; Slack's advice
_PAGES: Final = 5  # a thousand messages back; who is that late may be told twice

# The SDK's debug lines hold whole messages, and its error lines say nothing that the errors raised here do not.
_SILENT = logging.getLogger("alerts.channels.slack.sdk")
_SILENT.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class _Thread:
    """Where an incident's first message stands: the channel's id and the message's time stamp."""

    channel: str
    ts: str

    @classmethod
    def parse(cls, ref: str) -> "_Thread":
        channel, _, ts = ref.partition("/")
        return cls(channel, ts)

    @property
    def ref(self) -> str:
        return f"{self.channel}/{self.ts}"


class SlackChannel:
    """Posts with a bot token.

    `channel` is an id (C0123ABCD) or a name (#chatbot-oncall); `base_url` ends with a slash; `timeout` is in seconds.
    With an `app_token` there are buttons below first messages: then somebody listens to them.
    """

    def __init__(
        self,
        token: str,
        channel: str,
        base_url: str = BASE_URL,
        timeout: float = 10,
        app_token: str | None = None,
    ) -> None:
        from slack_sdk import WebClient  # noqa: PLC0415

        self._channel = channel
        self._has_buttons = app_token is not None
        # No retries here: the SDK would post again after a dropped connection. The outbox tries again, and looks first.
        self._client = WebClient(
            token=token,
            base_url=base_url,
            timeout=timeout,  # type: ignore[arg-type] # handed to urlopen, which takes fractions
            retry_handlers=[],
            logger=_SILENT,
        )

    def check(self) -> str:
        """Name the bot and the workspace of the token. Raises ChannelError."""
        answer = call(self._client.auth_test)
        return f"{answer.get('user', 'a bot')} in {answer.get('team', 'a workspace')}"

    def send(self, post: Post) -> Receipt:
        """Bring the first message up to date, then tell the event in its thread. Raises ChannelError."""
        if post.thread is None:
            # Without a first message (it was told where nothing is kept, say) there is nothing to bring up to date.
            return self._post_root(post, self._channel) if post.step.event or post.first else Receipt()
        thread = _Thread.parse(post.thread)
        try:
            note = self._update_root(post, thread)
        except SlackError as error:
            if error.code in ROOT_IS_GONE:
                same_channel = error.code == "message_not_found"
                return self._post_root(post, thread.channel if same_channel else self._channel)
            if error.code not in ROOT_IS_FIXED:
                raise
            note = ""
        if post.step.event not in {None, Event.OPENED}:
            note = self._post_reply(post, thread) or note
        return Receipt(thread.ref, note)

    def illustrate(self, post: Post, picture: Picture) -> None:
        """Upload a chart into the incident's thread. Raises ChannelError."""
        thread, name = _Thread.parse(post.thread or ""), chart_name(post)
        if post.maybe_sent and self._has_file(post, thread, name):
            return
        try:
            self._ask(
                post,
                self._client.files_upload_v2,
                file=picture.png,
                filename=name,
                title=name,
                alt_txt=picture.said[:MAX_ALT_TEXT],
                channel=thread.channel,
                thread_ts=thread.ts,
            )
        except SlackError as error:
            raise no_files() if error.code == "missing_scope" else error from None

    def _has_file(self, post: Post, thread: _Thread, name: str) -> bool:
        """Whether a file of that name is in the thread; also where nobody may look, as one too many is a nuisance."""
        seen = False
        for message in self._look(post, self._client.conversations_replies, channel=thread.channel, ts=thread.ts):
            seen = True
            if any(file.get("name") == name for file in message.get("files") or ()):
                return True
        return not seen  # the first message at least is there for whoever may look

    def _update_root(self, post: Post, thread: _Thread) -> str:
        return self._tell(self._client.chat_update, root(post), post, "root", channel=thread.channel, ts=thread.ts)[1]

    def _post_root(self, post: Post, channel: str) -> Receipt:
        if post.maybe_sent and (thread := self._find_root(post, channel)):
            return Receipt(thread.ref, self._update_root(post, thread))
        answer, note = self._tell(self._client.chat_postMessage, root(post), post, "root", channel=channel, **_INERT)
        if not (answer.get("channel") and answer.get("ts")):
            raise slack_error(answer.status_code, "", None)
        return Receipt(_Thread(str(answer["channel"]), str(answer["ts"])).ref, note)

    def _post_reply(self, post: Post, thread: _Thread) -> str:
        if post.maybe_sent and self._has_reply(post, thread):
            return ""
        return self._tell(
            self._client.chat_postMessage,
            shown(reply_message(post.step), post),
            post,
            "reply",
            channel=thread.channel,
            thread_ts=thread.ts,
            reply_broadcast=post.step.rings,
            **_INERT,
        )[1]

    def _tell(
        self,
        method: Method,
        message: Message,
        post: Post,
        part: str,
        **where: Any,  # noqa: ANN401 - the method's own
    ) -> "tuple[SlackResponse, str]":
        """Send the message in the richest form that Slack takes; the answer, and what it did not take."""
        refused = ""
        has_buttons = self._has_buttons and part == "root"
        *richer, plainest = forms(message, (buttons(post.now.incident),) if has_buttons else ())
        for form in richer:
            try:
                return self._ask(post, method, **payload(form, post, part), **where), refused
            except SlackError as error:
                if not error.is_about_message:
                    raise
                refused = f"told in a plainer form: {error}"
        return self._ask(post, method, **payload(plainest, post, part), **where), refused

    def _ask(self, post: Post, method: Method, **arguments: Any) -> "SlackResponse":  # noqa: ANN401
        post.before_request()
        return call(method, **arguments)

    # ---- what an uncertain try left behind

    def _find_root(self, post: Post, channel: str) -> _Thread | None:
        channel = self._id_of(channel, post)
        if not channel:
            return None
        wanted = marks(post, part="root")
        for message in self._look(post, self._client.conversations_history, channel=channel):
            if metadata(message).items() >= wanted.items():
                return _Thread(channel, str(message["ts"]))
        return None

    def _id_of(self, channel: str, post: Post) -> str:
        """The id of a channel, which conversations.history takes: of a name the one that Slack answered with before."""
        if _ID.fullmatch(channel):
            return channel
        return _Thread.parse(post.nearby).channel if post.nearby else ""

    def _has_reply(self, post: Post, thread: _Thread) -> bool:
        wanted = marks(post, part="reply")
        replies = self._look(post, self._client.conversations_replies, channel=thread.channel, ts=thread.ts)
        return any(metadata(message).items() >= wanted.items() for message in replies)

    def _look(self, post: Post, method: Method, **arguments: str) -> Iterable[dict[str, Any]]:
        """Messages with their metadata, a page at a time; none where the app may not read."""
        cursor = ""
        for _ in range(_PAGES):
            try:
                answer = self._ask(post, method, include_all_metadata=True, limit=_PAGE, cursor=cursor, **arguments)
            except SlackError as error:
                if error.code in CANNOT_LOOK:
                    return
                raise
            yield from answer.get("messages") or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return
