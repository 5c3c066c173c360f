"""Asks a candidate: a command, or an endpoint that speaks OpenAI's chat completions. What was answered is kept at once.

Messages are asked side by side; what fails for a time is asked again, later each time or when the endpoint says so. A
run that is broken off goes on where it was.
"""

import hashlib
import json
import os
import shlex
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol

from alerts.channels.channel import ChannelError
from alerts.channels.http import Request, Service, call
from monitor.actions.candidates.answers import Answer, AnswersError, completion, read_answers
from monitor.actions.candidates.files import asked
from monitor.actions.candidates.sample import Item
from monitor.common.json_lines import to_line
from monitor.common.private_file import ONLY_OWNER, write_private

TRIES: Final = 6
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds, doubled from try to try
MILLION: Final = 1_000_000

FEW_LETTERS: Final = 2.0  # a token, at the least: what a request may cost before any was paid
FEW_TOKENS: Final = 20  # of an answer, likewise

_STOPS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_PASSES: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})


class AskingError(Exception):
    """The candidate cannot be asked any further; the message says why, and how to go on."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in whatever money the operator counts; `most` may be spent (None: no bound)."""

    prompt: float = 0.0
    completion: float = 0.0
    most: float | None = None

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What a request costs."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / MILLION


class Candidate(Protocol):
    """What answers a message."""

    @property
    def shape(self) -> str:
        """Text that differs where another candidate would be asked."""
        ...

    def letters(self, text: str) -> int:
        """Letters that are sent for a message."""
        ...

    def answer(self, item: Item) -> Answer:
        """Ask once. Raises PassingError where another try may help, and AskingError where none of any message will."""
        ...


class PassingError(Exception):
    """No answer this time; `wait` is how many seconds the endpoint asks to wait, None where it does not say."""

    def __init__(self, said: str, wait: float | None = None) -> None:
        super().__init__(said)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` is that of chat completions, or the beginning of it (…/v1). `key` goes into a header, and nowhere else."""

    url: str
    model: str
    system: str | None
    classes: tuple[str, ...]
    key: str = field(repr=False, default="")
    timeout: float = 60.0

    @property
    def shape(self) -> str:
        """Address, model and prompt."""
        return f"{self.url} {self.model} {self.system}"

    def letters(self, text: str) -> int:
        """Prompt and message."""
        return len(self.system or "") + len(text)

    def answer(self, item: Item) -> Answer:
        """One chat completion."""
        body = {"model": self.model, "messages": asked(self.system, item.text, self.classes)}
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        url = self.url.rstrip("/")
        url = url if url.endswith("/chat/completions") else f"{url}/chat/completions"
        began = time.monotonic()
        try:
            got = call(_SERVICE, Request(url, json.dumps(body).encode(), headers), self.timeout)
        except ChannelError as error:
            said = str(error).replace("run.key", _KEY).replace("run.url", "--run").replace("run.timeout", "--timeout")
            if error.permanent:
                raise AskingError(said) from None
            raise PassingError(said) from None
        latency = (time.monotonic() - began) * 1000
        if got.status in _STOPS:
            raise AskingError(f"the endpoint answers {got.status}: check --run, --model and {_KEY}")
        if got.status in _PASSES or got.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PassingError(f"the endpoint answers {got.status}", got.wait)
        if got.status != HTTPStatus.OK:
            return Answer(item.id, None, latency, error=f"status {got.status}")
        try:
            return completion(item.id, json.loads(got.text), latency)
        except (ValueError, AttributeError, AnswersError):
            return Answer(item.id, None, latency, error="no chat completion came back")


_SERVICE: Final = Service("the endpoint", "run", credential="key")
_KEY: Final = "the key that --key-env names"


@dataclass(frozen=True, slots=True)
class Command:
    """A program: `{text}` in the template becomes the message, an argument of its own; else it is on its input.

    No shell reads it, so a message cannot be more than a text.
    """

    template: str
    timeout: float = 60.0

    @property
    def shape(self) -> str:
        """The template."""
        return self.template

    def letters(self, text: str) -> int:
        """The message."""
        return len(text)

    def parts(self) -> list[str]:
        """The program and its arguments, as a shell would part them. Raises AskingError."""
        try:
            parts = shlex.split(self.template)
        except ValueError as error:
            raise AskingError(f"--run {self.template!r} cannot be read as a command: {error}") from None
        if not parts:
            raise AskingError("--run is empty; give a command, or the URL of an endpoint")
        return parts

    def answer(self, item: Item) -> Answer:
        """What it writes on its output."""
        parts = self.parts()
        argv = [part.replace("{text}", item.text) for part in parts]
        given = None if any("{text}" in part for part in parts) else item.text
        began = time.monotonic()
        try:
            ended = subprocess.run(  # noqa: S603 - the operator names the command
                argv, input=given, capture_output=True, text=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return Answer(item.id, None, error=f"took longer than {self.timeout:g} s")
        except (OSError, ValueError) as error:
            raise AskingError(f"{argv[0]} cannot be run: {error}") from None
        latency = (time.monotonic() - began) * 1000
        if ended.returncode:
            return Answer(item.id, None, latency, error=f"ended with {ended.returncode}")
        return Answer(item.id, ended.stdout, latency)


@dataclass(slots=True)
class Run:
    """A run of a candidate over a sample, kept in `file`. Its methods may be called from several threads.

    `reused` counts the answers that an earlier run left there.
    """

    candidate: Candidate
    file: Path
    prices: Prices = Prices()
    spent: float = 0.0
    reused: int = 0
    sleep: Callable[[float], object] = time.sleep
    _dearest: float = 0.0
    _flying: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failed: AskingError | None = None

    def answers(self, items: Sequence[Item], side_by_side: int, tell: Callable[[int], object]) -> list[Answer]:
        """Ask what has no answer yet; `tell` is called with how many came. Raises AskingError and AnswersError."""
        done = {answer.id: answer for answer in self._before() if answer.said is not None}
        self.reused = len(done)
        known = {item.id: item for item in items}
        costs = [self._cost(answer, known[answer.id]) for answer in done.values() if answer.id in known]
        self.spent, self._dearest = sum(costs), max(costs, default=0.0)
        tell(len(done))
        left = [item for item in items if item.id not in done]
        found = list(done.values())
        with ThreadPoolExecutor(side_by_side) as pool:
            asked_ = [pool.submit(self._one, item) for item in left]
            try:
                for each in asked_:
                    found.append(each.result())
                    tell(1)
            except BaseException:
                for each in asked_:
                    each.cancel()
                raise
        return found

    def _before(self) -> Iterable[Answer]:
        shape = hashlib.sha256(self.candidate.shape.encode()).hexdigest()
        about = self.file.with_suffix(".run.json")
        if not about.exists():
            write_private(about, to_line({"candidate": shape}) + "\n")
            self.file.unlink(missing_ok=True)
            return ()
        if json.loads(about.read_text(encoding="utf-8"))["candidate"] != shape:
            raise AskingError(f"{self.file.name} is of another candidate: give this one another --name")
        if not self.file.exists() or not self.file.read_text(encoding="utf-8").strip():
            return ()
        whole = self.file.read_text(encoding="utf-8")
        if not whole.endswith("\n"):  # broken off within a line, whose message is asked again
            write_private(self.file, whole[: whole.rfind("\n") + 1])
            if "\n" not in whole:
                return ()
        return read_answers(self.file)

    def _one(self, item: Item) -> Answer:
        for attempt in range(TRIES):
            reserved = self._reserve(item)
            try:
                answer = self.candidate.answer(item)
            except PassingError as error:
                self._release(reserved, 0.0)
                if attempt == TRIES - 1:
                    self._failed = AskingError(
                        f"{error}, {TRIES} times; what was answered is kept, run it again to go on"
                    )
                    raise self._failed from None
                wait = min(FIRST_WAIT * 2**attempt, LONGEST_WAIT)
                self.sleep(max(wait, min(error.wait or 0.0, LONGEST_WAIT)))
                continue
            except AskingError as error:
                self._failed = self._failed or error
                raise
            self._keep(answer, item, reserved)
            return answer
        raise AssertionError  # the last try returns or raises

    def _reserve(self, item: Item) -> float:
        """What the request may cost is set aside, so that requests side by side stay within the bound together."""
        guess = self._guess(item)
        with self._lock:
            if self._failed is not None:
                raise self._failed
            cost = self._dearest or guess
            most = self.prices.most
            if most is not None and self.spent + self._flying + cost > most:
                self._failed = AskingError(
                    f"{self.spent:.4g} of --max-cost {most:g} is spent, and the next request could go over it; what "
                    "was answered is kept, a larger --max-cost goes on"
                )
                raise self._failed
            self._flying += cost
            return cost

    def _release(self, reserved: float, spent: float) -> None:
        with self._lock:
            self._flying -= reserved
            self.spent += spent
            self._dearest = max(self._dearest, spent)

    def _guess(self, item: Item) -> float:
        return self.prices.of(self.candidate.letters(item.text) / FEW_LETTERS, FEW_TOKENS)

    def _cost(self, answer: Answer, item: Item) -> float:
        """By the tokens that the endpoint tells; one that tells none may not be free, so that is guessed."""
        if answer.said is not None and answer.prompt_tokens is None and answer.completion_tokens is None:
            return self._guess(item)
        return self.prices.of(answer.prompt_tokens or 0.0, answer.completion_tokens or 0.0)

    def _keep(self, answer: Answer, item: Item, reserved: float) -> None:
        self._release(reserved, self._cost(answer, item))
        record: dict[str, Any] = {
            "id": answer.id,
            "answer": answer.said,
            "latency_ms": answer.latency_ms,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "error": answer.error or None,
        }
        with (
            self._lock,
            os.fdopen(
                os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, ONLY_OWNER), "a", encoding="utf-8"
            ) as opened,
        ):
            # an answer that is the empty text is one; that it has no error need not be said
            opened.write(to_line({name: value for name, value in record.items() if value is not None}) + "\n")
