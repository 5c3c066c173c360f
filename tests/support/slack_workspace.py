"""The state of a Slack workspace: channels, messages, threads; and what they look like."""

import html
import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.slack_rules import block_texts, pings


@dataclass
class Message:
    ts: str
    body: dict[str, Any]
    thread_ts: str | None = None
    broadcast: bool = False
    edits: int = 0
    deleted: bool = False
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """As a person reads it."""
        texts = block_texts(self.body.get("blocks") or []) or [self.body.get("text") or ""]
        return html.unescape("\n".join(texts))

    @property
    def pings(self) -> list[str]:
        return pings(self.body)


@dataclass
class Upload:
    """A file on its way: announced, then its bytes, then put into a thread, in this order and once."""

    id: str
    name: str
    length: int
    alt_text: str
    data: bytes | None = None
    shared: bool = False


@dataclass
class Channel:
    id: str
    name: str
    is_member: bool = True
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def roots(self) -> list[Message]:
        return [message for message in self.messages if message.thread_ts is None and not message.deleted]

    def replies(self, ts: str) -> list[Message]:
        return [message for message in self.messages if message.thread_ts == ts and not message.deleted]

    def render(self) -> str:
        """The channel as text: each message, its thread indented under it."""
        lines = [f"#{self.name}"]
        for root in self.roots:
            lines += [
                "",
                *_boxed(root, ""),
                *(line for reply in self.replies(root.ts) for line in _boxed(reply, "    ")),
            ]
        return "\n".join(lines)


class RefusedError(Exception):
    """An answer with ok=false; the message is Slack's code."""


class Workspace:
    """One workspace with one bot. Time stamps are made up, and grow."""

    def __init__(
        self, token: str, *, scopes: frozenset[str] = frozenset({"chat:write", "channels:history", "files:write"})
    ) -> None:
        self._token = token
        self.scopes = scopes
        self._next_ts = 1_774_764_000
        self.reset()

    def reset(self) -> None:
        """Begin anew: one channel, empty, and the bot in it with its token."""
        self.token = self._token
        self.channels = [Channel("C0ONCALL1", "chatbot-oncall")]
        self.allows_edits = True
        self.uploads: dict[str, Upload] = {}

    @property
    def oncall(self) -> Channel:
        return self.channels[0]

    def post(self, body: dict[str, Any]) -> tuple[Channel, Message]:
        channel = self._writable(str(body.get("channel")), names=True)
        thread_ts = body.get("thread_ts")
        if thread_ts and not any(message.ts == thread_ts for message in channel.messages):
            raise RefusedError("thread_not_found")
        message = Message(self._stamp(), body, thread_ts, broadcast=bool(body.get("reply_broadcast")))
        channel.messages.append(message)
        return channel, message

    def update(self, body: dict[str, Any]) -> tuple[Channel, Message]:
        channel = self._writable(str(body.get("channel")), names=False)
        message = next((m for m in channel.messages if m.ts == body.get("ts") and not m.deleted), None)
        if message is None:
            raise RefusedError("message_not_found")
        if not self.allows_edits:
            raise RefusedError("cant_update_message")
        message.body = {**message.body, **body}
        message.edits += 1
        return channel, message

    def announce(self, body: dict[str, Any]) -> Upload:
        """files.getUploadURLExternal."""
        self._may_upload()
        if not body.get("filename") or not str(body.get("length", "")).isdigit() or int(body["length"]) == 0:
            raise RefusedError("invalid_arguments")
        upload = Upload(f"F{len(self.uploads):06}", body["filename"], int(body["length"]), body.get("alt_txt", ""))
        self.uploads[upload.id] = upload
        return upload

    def receive(self, file_id: str, data: bytes) -> bool:
        """The bytes of a file; whether they are what was announced."""
        upload = self.uploads.get(file_id)
        if upload is None or upload.data is not None or len(data) != upload.length:
            return False
        upload.data = data
        return True

    def complete(self, body: dict[str, Any]) -> list[Upload]:
        """files.completeUploadExternal: into a thread of a channel, which it wants by its id."""
        self._may_upload()
        wanted = json.loads(body["files"]) if isinstance(body.get("files"), str) else body.get("files") or []
        uploads = [self.uploads.get(each.get("id", "")) for each in wanted]
        done = [each for each in uploads if each is not None and each.data is not None and not each.shared]
        if not done or len(done) != len(wanted):
            raise RefusedError("file_not_found")
        channel = self._writable(str(body.get("channel_id")), names=False)
        if not any(message.ts == body.get("thread_ts") for message in channel.messages):
            raise RefusedError("thread_not_found")
        for each in done:
            each.shared = True
        shown = [{"id": each.id, "name": each.name} for each in done]
        channel.messages.append(Message(self._stamp(), {"text": ""}, body["thread_ts"], files=shown))
        return done

    def _may_upload(self) -> None:
        if "files:write" not in self.scopes:
            raise RefusedError("missing_scope")

    def history(self, channel_id: str) -> list[Message]:
        """Newest first, as Slack has it."""
        return self._readable(channel_id).roots[::-1]

    def thread(self, channel_id: str, ts: str) -> list[Message]:
        channel = self._readable(channel_id)
        root = [message for message in channel.roots if message.ts == ts]
        if not root:
            raise RefusedError("thread_not_found")
        return root + channel.replies(ts)

    def delete(self, message: Message) -> None:
        """What a person does who tidies up."""
        message.deleted = True

    def _writable(self, name: str, *, names: bool) -> Channel:
        channel = self._channel(name, names=names)
        if channel.is_archived:
            raise RefusedError("is_archived")
        if not channel.is_member:
            raise RefusedError("not_in_channel")
        return channel

    def _readable(self, channel_id: str) -> Channel:
        if "channels:history" not in self.scopes:
            raise RefusedError("missing_scope")
        return self._channel(channel_id, names=False)

    def _channel(self, name: str, *, names: bool) -> Channel:
        for channel in self.channels:
            if name == channel.id or (names and name.removeprefix("#") == channel.name):
                return channel
        raise RefusedError("channel_not_found")

    def _stamp(self) -> str:
        self._next_ts += 1
        return f"{self._next_ts}.000100"


def _boxed(message: Message, indent: str) -> list[str]:
    first = indent + ("↪ also sent to the channel: " if message.broadcast else "")
    lines = message.text.splitlines()
    edited = [f"{indent}│ (edited {message.edits} times)"] if message.edits else []
    return [f"{first or indent}┌", *(f"{indent}│ {line}" for line in lines), *edited, f"{indent}└"]
