"""A real HTTP server that plays Slack: for tests, and for a person who wants to see what the daemon tells.

    python -m tests.support.fake_slack --port 8765

then `slack: {channel: "#chatbot-oncall", base_url: "http://127.0.0.1:8765/api/"}` and TUNEWATCH_SLACK__TOKEN=xoxb-fake.
"""

import argparse
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.support.slack_rules import refusal
from tests.support.slack_socket import Link, SlackSockets
from tests.support.slack_views import view_refusal
from tests.support.slack_workspace import Message, RefusedError, Workspace

TOKEN = "xoxb-fake"
APP_TOKEN = "xapp-fake"

Body = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one call; `obeyed` all the same, as a caller without an answer cannot tell."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    drop: bool = False
    seconds: float = 0.0
    obeyed: bool = False


@dataclass
class Call:
    """One request, as it came."""

    method: str
    body: Body
    answer: Body = field(default_factory=dict)


class FakeSlack:
    """Plays chat.*, conversations.history and .replies, auth.test, the upload of files, and what buttons need.

    A context manager; `url` is its base_url. `trouble` queues what goes wrong with the next calls, one each; `calls`
    is what came in. Everything is answered under one lock, so that tests see whole states.
    """

    def __init__(self, token: str = TOKEN, port: int = 0, on_change: Callable[[], None] = lambda: None) -> None:
        self.workspace = Workspace(token)
        self.answers_at = ""  # the time that answers say they are of, instead of now
        self.calls: list[Call] = []
        self.trouble: deque[Trouble] = deque()
        self.whispers: list[Body] = []
        self.dialogs: list[Body] = []
        self.app_token = APP_TOKEN
        self.socket_mode = True
        self._sockets: SlackSockets | None = None
        self._triggers: set[str] = set()
        self._numbers = count(1)
        self._on_change = on_change
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._sockets is not None:
            self._sockets.close()

    @property
    def sockets(self) -> SlackSockets:
        """The connections by Socket Mode; there is a server for them from the first question on."""
        if self._sockets is None:
            self._sockets = SlackSockets()
        return self._sockets

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    # ---- what goes wrong

    def rate_limit(self, retry_after: int | str) -> None:
        body = json.dumps({"ok": False, "error": "ratelimited"})
        self.trouble.append(Trouble(429, (("Retry-After", str(retry_after)),) if retry_after != "" else (), body))

    def break_down(self, status: int = 503, body: str = '{"ok": false, "error": "service_unavailable"}') -> None:
        self.trouble.append(Trouble(status, body=body))

    def drop(self, *, obeyed: bool) -> None:
        """Close the connection without an answer, having done as told or not."""
        self.trouble.append(Trouble(drop=True, obeyed=obeyed))

    def stall(self, seconds: float, *, obeyed: bool) -> None:
        """Answer so late that nobody waits any more."""
        self.trouble.append(Trouble(drop=True, seconds=seconds, obeyed=obeyed))

    def no_trouble(self, calls: int = 1) -> None:
        """Let calls pass before what is queued next."""
        self.trouble.extend([Trouble(obeyed=True)] * calls)

    # ---- the API

    def answer(self, method: str, token: str, body: Body) -> Body:
        """Obey one call. Slack answers refusals with HTTP 200 and ok=false."""
        with self._lock:
            call = Call(method, body)
            self.calls.append(call)
            try:
                call.answer = {"ok": True, **self._obey(method, token, body)}
            except RefusedError as refused:
                call.answer = {"ok": False, "error": str(refused)}
            changed = call.answer["ok"] and method.startswith("chat.")
        if changed:
            self._on_change()
        return call.answer

    def take(self, file_id: str, data: bytes) -> bool:
        """Take the bytes of a file at the address that was given for it."""
        with self._lock:
            self.calls.append(Call("upload", {"id": file_id}))
            return self.workspace.receive(file_id, data)

    def _obey(self, method: str, token: str, body: Body) -> Body:  # noqa: C901, PLR0911 - one return for each method
        if not token:
            raise RefusedError("not_authed")
        if method == "apps.connections.open":
            return self._open_connection(token)
        if token != self.workspace.token:
            raise RefusedError("invalid_auth")
        match method:
            case "auth.test":
                return {"user": "tunewatch", "team": "Acme", "user_id": "U0BOT"}
            case "chat.postMessage" | "chat.update":
                return self._write(method, body)
            case "conversations.history":
                return _page(self.workspace.history(body["channel"]), body)
            case "conversations.replies":
                return _page(self.workspace.thread(body["channel"], body["ts"]), body)
            case "chat.postEphemeral":
                self.workspace.thread(body["channel"], body["thread_ts"])
                self.whispers.append(body)
                return {"message_ts": body["thread_ts"]}
            case "views.open":
                return self._open_dialog(body)
            case "files.getUploadURLExternal":
                upload = self.workspace.announce(body)
                return {"file_id": upload.id, "upload_url": f"{self.url.removesuffix('api/')}upload/{upload.id}"}
            case "files.completeUploadExternal":
                return {"files": [{"id": each.id, "title": each.name} for each in self.workspace.complete(body)]}
        raise RefusedError("unknown_method")

    def _open_connection(self, token: str) -> Body:
        if not token.startswith("xapp-"):
            raise RefusedError("not_allowed_token_type")
        if token != self.app_token:
            raise RefusedError("invalid_auth")
        if not self.socket_mode:
            raise RefusedError("socket_mode_not_enabled")
        return {"url": self.sockets.ticket()}

    def _open_dialog(self, body: Body) -> Body:
        view = body["view"] if isinstance(body["view"], dict) else json.loads(body["view"])
        if body["trigger_id"] not in self._triggers:
            raise RefusedError("expired_trigger_id")
        self._triggers.remove(body["trigger_id"])
        if code := view_refusal(view):
            raise RefusedError(code)
        view = {**view, "id": f"V{next(self._numbers)}"}
        self.dialogs.append(view)
        return {"view": view}

    # ---- what people do

    def press(self, root: Message, label: str, user: str = "ada", *, links: list[Link] | None = None) -> Body | None:
        """Press a button below a message; what the app answered. It is handed over to each link in turn until then."""
        blocks = [block for block in root.body.get("blocks") or [] if block["type"] == "actions"]
        (button,) = (e for block in blocks for e in block["elements"] if e["text"]["text"].rstrip("…") == label)
        trigger = f"trigger-{next(self._numbers)}"
        self._triggers.add(trigger)
        payload = {
            "type": "block_actions",
            "user": _user(user),
            "trigger_id": trigger,
            "container": {"type": "message", "message_ts": root.ts, "channel_id": self.workspace.oncall.id},
            "actions": [{**button, "action_ts": f"{1_774_764_000 + 100 * next(self._numbers)}.000100"}],
        }
        return self.hand_over(payload, links)

    def submit(self, values: Body, user: str = "ada", *, links: list[Link] | None = None) -> Body | None:
        """Fill in the newest dialog, what is not named as it was proposed; what the app answered."""
        view, state = self.dialogs[-1], {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name, element = block["block_id"], block["element"]
                state[name] = {element["action_id"]: _filled(element, values.get(name))}
        payload = {"type": "view_submission", "user": _user(user), "view": {**view, "state": {"values": state}}}
        return self.hand_over(payload, links)

    def hand_over(self, payload: Body, links: list[Link] | None = None) -> Body | None:
        """Hand a click over until somebody answers."""
        envelope = f"E{next(self._numbers)}"
        for link in links or self.sockets.links[:1]:
            if (answer := self.sockets.hand_over(payload, link, envelope)) is not None:
                return answer
        return None

    def _write(self, method: str, body: Body) -> Body:
        if code := refusal(body):
            raise RefusedError(code)
        write = self.workspace.post if method == "chat.postMessage" else self.workspace.update
        channel, message = write(body)
        return {"channel": channel.id, "ts": message.ts, "message": {"text": body.get("text"), "ts": message.ts}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path.startswith("/upload/"):
                    self._receive(data)
                    return
                raw = data.decode()
                as_json = self.headers.get("Content-Type", "").startswith("application/json")
                body = json.loads(raw or "{}") if as_json else dict(parse_qsl(raw))
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                method = self.path.rsplit("/", 1)[-1]
                trouble = slack.trouble.popleft() if slack.trouble else Trouble(obeyed=True)
                answer = json.dumps(slack.answer(method, token, body)) if trouble.obeyed else ""
                time.sleep(trouble.seconds)
                if trouble.drop:
                    self.close_connection = True
                else:
                    self._reply(trouble, answer)

            def _receive(self, data: bytes) -> None:
                trouble = slack.trouble.popleft() if slack.trouble else Trouble(obeyed=True)
                taken = trouble.obeyed and slack.take(self.path.rpartition("/")[2], data)
                if trouble.drop:
                    self.close_connection = True
                else:
                    self._reply(replace(trouble, status=trouble.status if taken or trouble.body else 400), "OK")

            def _reply(self, trouble: Trouble, answer: str) -> None:
                payload = (trouble.body or answer).encode()
                self.send_response_only(trouble.status)
                self.send_header("Date", slack.answers_at or self.date_time_string())
                for name, value in (*trouble.headers, ("Content-Type", "application/json; charset=utf-8")):
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(payload)))
                try:
                    self.end_headers()
                    self.wfile.write(payload)
                except ConnectionError:  # whoever asked has been killed meanwhile
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Quiet: `calls` has it all."""

        return Handler


def _user(name: str) -> Body:
    return {"id": f"U0{name.upper()}", "username": name, "name": name}


def _filled(element: Body, value: object) -> Body:
    if element["type"] == "static_select":
        options = {option["value"]: option for option in element["options"]}
        return {"type": "static_select", "selected_option": options[str(value)] if value else element["initial_option"]}
    return {"type": "plain_text_input", "value": element.get("initial_value") if value is None else value}


def _page(messages: list[Message], body: Body) -> Body:
    limit, start = int(body.get("limit", 100)), int(body.get("cursor") or 0)
    with_metadata = body.get("include_all_metadata") in {"1", "true"}
    shown = messages[start : start + limit]
    more = start + limit < len(messages)
    return {
        "messages": [
            {"ts": m.ts, "text": m.body.get("text")}
            | ({"files": m.files} if m.files else {})
            | ({"metadata": m.body["metadata"]} if with_metadata and "metadata" in m.body else {})
            for m in shown
        ],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def main() -> None:
    """Play Slack until interrupted, and show the channel whenever it changes."""
    parser = argparse.ArgumentParser(description="Plays Slack on this machine.")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--channel", default="#chatbot-oncall", help="name of the one channel there is")
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()

    def show() -> None:
        print("\n" + "=" * 80 + "\n" + slack.workspace.oncall.render(), flush=True)  # noqa: T201

    slack = FakeSlack(options.token, options.port, on_change=show)
    slack.workspace.oncall.name = options.channel.removeprefix("#")
    with slack:
        print(f"playing Slack at {slack.url}; stop with Ctrl-C", file=sys.stderr)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
