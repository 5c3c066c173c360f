"""What a candidate answered, from whatever wrote it: JSON lines, promptfoo's results, OpenAI's batch output.

Which of them a file is its content tells. Nothing is dropped: what cannot be read, what is missing and what names no
class is counted, and told by the message that it is the answer to.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

UNKNOWN: Final = "(unknown)"
"""Answer that names no class of the log, or none at all: wrong, whatever is right."""

FIELDS: Final = ("answer", "output", "predicted", "label", "class")
"""Keys under which an answer that is a JSON object names its class."""


class AnswersError(Exception):
    """The answers cannot be used; the message names file and line, and says what to do."""


class Problem(StrEnum):
    """Why an answer counts as wrong without being compared."""

    MISSING = "missing"  # no answer for the message
    FAILED = "failed"  # the candidate was asked and gave an error
    UNPARSABLE = "unparsable"  # an answer that names no class, such as a sentence
    UNKNOWN_CLASS = "unknown_class"  # one word, which is no class of the log


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, as it came; None where an error came instead. Times in milliseconds, None where not given."""

    id: str
    said: str | None
    latency_ms: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """The class that each message got, in place of UNKNOWN where there is none; and what is wrong with which.

    `respelled` answers are not spelled as the class that they are taken for.
    """

    classes: Mapping[str, str]
    answers: Mapping[str, Answer]
    problems: Mapping[str, Problem]
    strangers: int
    respelled: int

    def count(self, problem: Problem) -> int:
        """How many messages have it."""
        return sum(each is problem for each in self.problems.values())


def read_answers(file: Path, variant: str | None = None) -> list[Answer]:
    """The answers of a file. `variant` chooses where promptfoo ran several. Raises AnswersError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnswersError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AnswersError(f"{file} is not UTF-8 text") from None
    whole = _json(text)
    if isinstance(whole, dict) and "results" in whole:
        return list(_promptfoo(file, whole, variant))
    if isinstance(whole, list):
        return [_line(file, place, each) for place, each in enumerate(whole, 1)]
    lines = [(place, line) for place, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise AnswersError(f"{file} is empty")
    return [_line(file, place, _object(file, place, line)) for place, line in lines]


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _object(file: Path, place: int, line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        raise AnswersError(
            f'{file}, line {place}: is no JSON; write an object such as {{"id": …, "answer": …}}'
        ) from None


def _line(file: Path, place: int, found: object) -> Answer:
    if not isinstance(found, dict):
        raise AnswersError(f'{file}, line {place}: is no JSON object; write {{"id": …, "answer": …}}')
    return _batch(file, place, found) if "custom_id" in found else _own(file, place, found)


def _own(file: Path, place: int, found: Mapping[str, Any]) -> Answer:
    key = next((name for name in FIELDS if name in found), None)
    if "id" not in found or (key is None and "error" not in found):
        raise AnswersError(f"{file}, line {place}: has no id or no answer; its keys are {', '.join(found) or 'none'}")
    said = None if key is None else found[key]
    return Answer(
        str(found["id"]),
        None if said is None else said if isinstance(said, str) else json.dumps(said, ensure_ascii=False),
        _number(file, place, found, "latency_ms"),
        _number(file, place, found, "prompt_tokens"),
        _number(file, place, found, "completion_tokens"),
        str(found.get("error") or ""),
    )


def _number(file: Path, place: int, found: Mapping[str, Any], name: str) -> float | None:
    value = found.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise AnswersError(f"{file}, line {place}: {name} is {value!r}, which is no number of 0 or more")
    return float(value)


def _batch(file: Path, place: int, found: Mapping[str, Any]) -> Answer:
    """A line of OpenAI's batch output (https://developers.openai.com/api/docs/guides/batch)."""
    id_, response = str(found["custom_id"]), found.get("response")
    if not isinstance(response, dict):
        error = found.get("error")
        said = error.get("message") if isinstance(error, dict) else error
        return Answer(id_, None, error=str(said or "no response"))
    body = response.get("body")
    if response.get("status_code") != 200 or not isinstance(body, dict):  # noqa: PLR2004 - HTTP's OK
        return Answer(id_, None, error=f"status {response.get('status_code')}")
    try:
        return completion(id_, body)
    except AnswersError as error:
        raise AnswersError(f"{file}, line {place}: {error}") from None


def completion(id_: str, body: Mapping[str, Any], latency_ms: float | None = None) -> Answer:
    """The answer of a chat completion, or of a response, as OpenAI's interface has them. Raises AnswersError."""
    usage = body.get("usage") or {}
    prompt = usage.get("prompt_tokens", usage.get("input_tokens"))
    made = usage.get("completion_tokens", usage.get("output_tokens"))
    try:
        if "choices" in body:
            message = body["choices"][0]["message"]
            said = message.get("content")
            said = said if said is not None else message.get("refusal")
        else:
            texts = (part for each in body["output"] for part in each.get("content") or ())
            said = "".join(part.get("text", "") for part in texts)
    except (KeyError, IndexError, TypeError, AttributeError):
        raise AnswersError("is no chat completion: it has no choices[0].message.content") from None
    return Answer(id_, said or "", latency_ms, prompt, made)


def _promptfoo(file: Path, whole: Mapping[str, Any], variant: str | None) -> Iterator[Answer]:
    """Results of `promptfoo eval --output FILE.json` (https://www.promptfoo.dev/docs/configuration/outputs)."""
    inner = whole["results"]
    rows = inner.get("results") if isinstance(inner, dict) else inner
    if not isinstance(rows, list) or not rows:
        raise AnswersError(f"{file}: promptfoo's results are empty")
    names = Counter(_variant(row) for row in rows if isinstance(row, dict))
    if variant is None and len(names) > 1:
        raise AnswersError(f"{file} has several candidates: name one by --variant: {', '.join(sorted(names))}")
    if variant is not None and variant not in names:
        raise AnswersError(f"{file} has no candidate {variant!r}; it has {', '.join(sorted(names))}")
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise AnswersError(f"{file}, result {place}: is no object")
        if variant is None or _variant(row) == variant:
            yield _result(file, place, row)


def _variant(row: Mapping[str, Any]) -> str:
    provider = row.get("provider")
    name = provider.get("label") or provider.get("id") if isinstance(provider, dict) else provider
    return f"{name or 'provider'} prompt {row.get('promptIdx', 0)}"


def _result(file: Path, place: int, row: Mapping[str, Any]) -> Answer:
    metadata = (row.get("testCase") or {}).get("metadata") or row.get("metadata") or {}
    if "id" not in metadata:
        raise AnswersError(
            f"{file}, result {place}: its test has no metadata.id; run the promptfooconfig.yaml of the sample"
        )
    response = row.get("response") or {}
    said, usage = response.get("output"), response.get("tokenUsage") or {}
    error = str(response.get("error") or (row.get("error") if said is None else "") or "")
    text = None if said is None else said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    cached = response.get("cached") is True
    latency = None if cached else row.get("latencyMs")
    return Answer(str(metadata["id"]), text, latency, usage.get("prompt"), usage.get("completion"), error)


def match(answers: Iterable[Answer], ids: Sequence[str], classes: Sequence[str]) -> Read:
    """Give each message its answer. Raises AnswersError where a message has two that differ, or none has any.

    An answer is the class that is spelled so, else the one that differs in case, dashes or underscores alone.
    """
    wanted = set(ids)
    given: dict[str, Answer] = {}
    strangers = 0
    for answer in answers:
        if answer.id not in wanted:
            strangers += 1
        elif answer.id in given and given[answer.id].said is not None:
            if answer.said is not None and answer.said != given[answer.id].said:
                raise AnswersError(f"message {answer.id} has two answers that differ: keep one of each")
        else:
            given[answer.id] = answer
    if not given:
        raise AnswersError(f"none of {strangers} answers is to a message of the sample: compare the ids")
    found: dict[str, str] = {}
    problems: dict[str, Problem] = {}
    names = {_plain(name): name for name in classes} | {name: name for name in classes}
    respelled = 0
    for id_ in ids:
        own = given.get(id_)
        name = None if own is None or own.said is None else class_of(own.said, names)
        found[id_] = UNKNOWN if name is None else name
        if name is None:
            problems[id_] = _problem(own)
        elif own is not None and own.said is not None and name not in own.said:
            respelled += 1
    return Read(found, given, problems, strangers, respelled)


def _problem(answer: Answer | None) -> Problem:
    if answer is None:
        return Problem.MISSING
    if answer.said is None:
        return Problem.FAILED
    return Problem.UNKNOWN_CLASS if answer.said.strip() and len(answer.said.split()) == 1 else Problem.UNPARSABLE


def class_of(said: str, names: Mapping[str, str]) -> str | None:
    """The class that an answer names: alone, in quotes or a fence, or as a field of a JSON object; else None.

    A class within a sentence is none: whatever reads the bot's answers would have to find it too.

    >>> names = {"urgent": "urgent", "top up": "top_up"}
    >>> [class_of(said, names) for said in (' "Urgent". ', '{"label": "top_up"}', "I think it is urgent", "")]
    ['urgent', 'top_up', None, None]
    """
    text = said.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    whole = _json(text)
    if isinstance(whole, dict):
        values = [whole[key] for key in FIELDS if isinstance(whole.get(key), str)]
        text = values[0] if values else ""
    return names.get(text) or names.get(_plain(text))


def _plain(text: str) -> str:
    return text.strip().strip("\"'`.*").strip().casefold().replace("_", " ").replace("-", " ")
