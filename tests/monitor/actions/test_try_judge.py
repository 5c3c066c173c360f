"""`tunewatch try judge`: would the candidate do better in production?"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.messages.words import news
from monitor.actions.candidates.answers import Answer, Read, match
from monitor.actions.candidates.files import read_sample
from monitor.history import History
from tests.support.program import Ended, run_here
from tests.support.receiver import Call, Receiver, Reply
from tests.support.triage_log import END

AS_OF = ("--as-of", END.isoformat())
Line = dict[str, Any]


@pytest.fixture(scope="module")
def made(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home with a sample of its incident."""
    home = Path(shutil.copytree(played, tmp_path_factory.mktemp("judged") / "home"))
    ended = run_here("try", "sample", "quality", "--size", "90", "--out", "try", *AS_OF, cwd=home)
    assert ended.returncode == 0, ended.stderr
    return home


@pytest.fixture
def sampled(made: Path, tmp_path: Path) -> Path:
    """Give a copy of it, to judge in."""
    return Path(shutil.copytree(made, tmp_path / "home"))


def _lines(home: Path) -> list[Line]:
    return [json.loads(line) for line in (home / "try" / "sample.jsonl").read_text(encoding="utf-8").splitlines()]


def _right(line: Line) -> str:
    return str(line["label"])


def _as_now(line: Line) -> str:
    return str(line["now"])


def _all_urgent(line: Line) -> str:  # noqa: ARG001 - whatever is asked
    return "urgent"


def _answers(home: Path, answer: Callable[[Line], Any], name: str = "answers.jsonl") -> Path:
    lines = [{"id": line["id"], "answer": answer(line)} for line in _lines(home)]
    (home / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return home / name


def _judge(home: Path, *arguments: str) -> Ended:
    return run_here("try", "judge", "try", *arguments, cwd=home)


def _record(home: Path, answer: Callable[[Line], Any], *arguments: str, name: str = "answers.jsonl") -> Line:
    ended = _judge(home, "--answers", str(_answers(home, answer, name)), "--json", *arguments)
    assert ended.returncode in (0, 1), ended.stderr
    record = json.loads(ended.stdout)
    assert isinstance(record, dict)
    return record


def test_a_candidate_that_is_right_ships_and_says_what_canary_would_confirm_it(sampled: Path) -> None:
    record = _record(sampled, _right)
    recall = next(each for each in record["differences"] if each["measure"] == "recall")

    assert (record["decision"], record["reason"]) == ("ship", "better")
    assert (recall["class"], recall["candidate"]) == ("urgent", 1.0)
    assert recall["low"] > 0.5
    assert record["canary"]["labels"] > 0
    assert record["broken"] == 0


def test_a_candidate_that_answers_as_now_does_not_ship(sampled: Path) -> None:
    record = _record(sampled, _as_now)
    assert record["decision"] != "ship"
    assert all(each["low"] <= 0 <= each["high"] for each in record["differences"])


def test_one_that_calls_everything_urgent_is_worse_and_shows_the_guards_that_broke(sampled: Path) -> None:
    ended = _judge(sampled, "--answers", str(_answers(sampled, _all_urgent)))

    assert ended.returncode == 1
    assert ended.stdout.startswith("do not ship")
    assert "card answered 'urgent' (guard)" in ended.stdout
    assert "Decide nothing by that" in ended.stdout  # it gets every failure right


def test_the_verdict_stands_in_the_history_the_thread_explain_and_the_brief(sampled: Path) -> None:
    _record(sampled, _right, "--name", "p3")
    explained = run_here("explain", "quality", cwd=sampled).stdout
    told = json.loads(run_here("explain", "quality", "--json", cwd=sampled).stdout)["tried"]
    history = History.open(f"sqlite:///{sampled}/history.db")
    steps = history.queries.incident_events(history.queries.find_incidents("quality")[0].id)
    history.close()
    run_here("export", "brief", "quality", "--out", "brief", *AS_OF, cwd=sampled)
    brief = (sampled / "brief" / "brief.md").read_text(encoding="utf-8")

    assert [(each["candidate"], each["decision"]) for each in told] == [("p3", "ship")]
    for said in (explained, brief):
        assert "What was tried" in said
        assert "p3: ship: better in production" in said
    assert news(steps[-1]).startswith("candidate tried by")
    assert "p3: ship: better in production" in news(steps[-1])


def test_each_candidate_more_on_the_sample_has_to_be_surer_and_the_same_answers_count_once(sampled: Path) -> None:
    first = _record(sampled, _right, "--name", "one")
    again = _record(sampled, _right, "--name", "one, renamed")
    second = _record(sampled, _as_now, "--name", "two")

    assert [each["candidates"] for each in (first, again, second)] == [1, 1, 2]
    assert second["tail"] == pytest.approx(first["tail"] / 2)
    (sampled / "try" / "tried.jsonl").unlink()  # the history knows as well
    assert _record(sampled, _all_urgent, "--no-keep")["candidates"] == 3
    assert _record(sampled, lambda _line: "card")["candidates"] == 4  # one that was not kept was seen


def test_answers_that_are_missing_unknown_or_no_class_count_as_wrong_and_are_told(sampled: Path) -> None:
    lines = _lines(sampled)
    odd = {lines[0]["id"]: "I would say card", lines[1]["id"]: "refund", lines[2]["id"]: None}
    record = _record(sampled, lambda line: odd.get(line["id"], line["label"]))

    assert record["problems"] == {"failed": 1, "unparsable": 1, "unknown_class": 1}
    assert record["differences"][0]["candidate"] < 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda line: "I think it is " + line["label"], "have no usable answer"),
        (lambda line: line["label"] if line["label"] == "card" else None, "have no usable answer"),
    ],
)
def test_too_many_unusable_answers_are_refused(sampled: Path, answer: Callable[[Line], Any], why: str) -> None:
    ended = _judge(sampled, "--answers", str(_answers(sampled, answer)))
    assert ended.returncode == 2
    assert why in ended.stderr
    assert "the classes are card, transfer, urgent" in ended.stderr


def test_answers_of_another_sample_and_two_that_differ_are_refused(sampled: Path) -> None:
    (sampled / "other.jsonl").write_text('{"id": "x1", "answer": "card"}\n', encoding="utf-8")
    assert "none of 1 answers is to a message" in _judge(sampled, "--answers", "other.jsonl").stderr
    id_ = _lines(sampled)[0]["id"]
    twice = f'{{"id": "{id_}", "answer": "card"}}\n{{"id": "{id_}", "answer": "urgent"}}\n'
    (sampled / "twice.jsonl").write_text(twice, encoding="utf-8")
    assert "has two answers that differ" in _judge(sampled, "--answers", "twice.jsonl").stderr
    (sampled / "torn.jsonl").write_text('{"id": "x"', encoding="utf-8")
    assert "torn.jsonl, line 1: is no JSON" in _judge(sampled, "--answers", "torn.jsonl").stderr


def _read(*said: str, classes: tuple[str, ...]) -> Read:
    return match([Answer(str(n), each) for n, each in enumerate(said)], [str(n) for n in range(len(said))], classes)


def test_a_class_is_the_one_that_is_spelled_so_and_what_is_spelled_otherwise_is_counted() -> None:
    read = _read("Card", "card", "Urgent", '{"label": "urgent"}', classes=("Card", "card", "urgent"))
    assert list(read.classes.values()) == ["Card", "card", "urgent", "urgent"]
    assert read.respelled == 1


def test_what_answers_now_may_be_answered_where_no_label_is_of_it(sampled: Path) -> None:
    sample, _ = read_sample(sampled / "try")
    items = [replace(item, now="other") for item in sample.items]
    read = _read(*(item.now for item in items), classes=replace(sample, items=tuple(items)).names)
    assert not read.problems


def _as_promptfoo(lines: list[Line]) -> Any:  # noqa: ANN401
    rows = [
        {
            "promptIdx": 0,
            "provider": {"id": "openai:chat:some", "label": ""},
            "testCase": {"vars": {"text": line["text"]}, "metadata": {"id": line["id"]}},
            "response": {"output": line["label"], "tokenUsage": {"prompt": 50, "completion": 2}},
            "latencyMs": 120,
        }
        for line in lines
    ]
    return {"evalId": "eval-1", "results": {"version": 3, "results": rows, "stats": {}}, "config": {}}


def _as_batch(lines: list[Line]) -> str:
    made = [
        {
            "id": "batch_req_1",
            "custom_id": line["id"],
            "response": {"status_code": 200, "body": _completion(line["label"])},
            "error": None,
        }
        for line in lines
    ]
    return "".join(json.dumps(line) + "\n" for line in made)


def _completion(said: str) -> Line:
    return {
        "choices": [{"message": {"role": "assistant", "content": said}}],
        "usage": {"prompt_tokens": 50, "completion_tokens": 2},
    }


@pytest.mark.parametrize("form", ["promptfoo", "batch"])
def test_what_others_write_is_told_by_its_content_and_judged_alike(sampled: Path, form: str) -> None:
    lines = _lines(sampled)
    text = json.dumps(_as_promptfoo(lines)) if form == "promptfoo" else _as_batch(lines)
    (sampled / "answers.out").write_text(text, encoding="utf-8")
    ended = _judge(sampled, "--answers", "answers.out", "--json")
    record = json.loads(ended.stdout)

    assert ended.returncode == 0
    assert record["differences"] == _record(sampled, _right, "--no-keep")["differences"]
    assert "prompt_tokens" in {each["of"] for each in record["changes"]}


class _Model:
    """A chat model that knows the labels; now and then it is busy."""

    def __init__(self, lines: list[Line]) -> None:
        self._labels = {line["text"]: line["label"] for line in lines}
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def judge(self, call: Call) -> Reply:
        body = json.loads(call.body)
        assert call.path == "/v1/chat/completions"
        assert body["model"] == "some-model"
        text = body["messages"][-1]["content"]
        with self._lock:
            self.asked.append(text)
        return Reply(200, json.dumps(_completion(self._labels[text])))


@pytest.fixture
def model(sampled: Path) -> Iterator[tuple[Receiver, _Model]]:
    """Play an endpoint."""
    plays = _Model(_lines(sampled))
    with Receiver(plays.judge, path="/v1") as receiver:
        yield receiver, plays


def test_an_endpoint_is_asked_each_message_once_and_its_key_is_nowhere(
    sampled: Path, model: tuple[Receiver, _Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, plays = model
    monkeypatch.setenv("TRY_KEY", "sk-s3cret")
    receiver.answer(429, retry_after="0")
    receiver.drop(obeyed=False)
    (sampled / "new.md").write_text("Triage better.", encoding="utf-8")
    asked = ("--run", receiver.url, "--model", "some-model", "--key-env", "TRY_KEY", "--prompt", "new.md")
    ended = _judge(sampled, *asked, "--json")
    again = _judge(sampled, *asked, "--json")
    everything = "".join(file.read_text(encoding="utf-8") for file in (sampled / "try").iterdir())

    assert ended.returncode == 0, ended.stderr
    assert len(plays.asked) == len(_lines(sampled))  # the second run had nothing left to ask
    assert json.loads(again.stdout)["differences"] == json.loads(ended.stdout)["differences"]
    assert {call.headers["authorization"] for call in receiver.calls} == {"Bearer sk-s3cret"}
    assert json.loads(receiver.taken[0].body)["messages"][0]["content"] == "Triage better."
    assert "s3cret" not in everything + ended.stdout + ended.stderr
    other = _judge(sampled, *asked[:-2])
    assert "is of another candidate: give this one another --name" in other.stderr


def test_a_run_stops_at_its_cost_keeps_what_it_has_and_goes_on(sampled: Path, model: tuple[Receiver, _Model]) -> None:
    receiver, plays = model
    priced = ("--run", receiver.url, "--model", "some-model", "--price-in", "100", "--price-out", "1000")
    each = (50 * 100 + 2 * 1000) / 1e6
    stopped = _judge(sampled, *priced, "--max-cost", str(30 * each), "--concurrency", "1")
    came = len(plays.asked)
    went_on = _judge(sampled, *priced, "--max-cost", "100")

    assert stopped.returncode == 2
    assert "a larger --max-cost goes on" in stopped.stderr
    assert 0 < came <= 30
    assert went_on.returncode == 0, went_on.stderr
    assert len(plays.asked) == len(_lines(sampled))


def test_a_key_that_is_refused_ends_the_run_at_once(sampled: Path) -> None:
    with Receiver(lambda _call: Reply(401, "no"), path="/v1") as receiver:
        ended = _judge(sampled, "--run", receiver.url, "--model", "some-model", "--concurrency", "1")
        assert ended.returncode == 2
        assert "check --run, --model and the key that --key-env names" in ended.stderr
        assert len(receiver.calls) == 1


def test_a_key_with_a_line_break_is_named_and_not_shown(sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRY_KEY", "sk-s3cret\nmore")
    with Receiver(lambda _call: Reply(401, "no"), path="/v1") as receiver:
        ended = _judge(sampled, "--run", receiver.url, "--model", "some-model", "--key-env", "TRY_KEY")

    assert ended.returncode == 2
    assert "the key that --key-env names has a character that none has, such as a line break" in ended.stderr
    assert "s3cret" not in ended.stdout + ended.stderr


def test_a_command_gets_the_message_as_a_text_and_no_shell_reads_it(sampled: Path) -> None:
    (sampled / "bot.sh").write_text(
        'case "$1" in *stolen*|*fraud*|*hacked*|*robbed*) echo urgent;;\n'
        "*new?card*|*second?card*|*activate*|*colour*) echo card;; *) echo transfer;; esac\n",
        encoding="utf-8",
    )
    template = "sh bot.sh {text}"
    ended = _judge(sampled, "--run", template, "--name", "bot; rm -rf", "--json", "--concurrency", "2")

    assert ended.returncode == 0, ended.stderr
    assert (sampled / "try" / "answers-bot-rm--rf.jsonl").exists()
    assert json.loads(ended.stdout)["differences"][0]["candidate"] == 1.0


def test_a_command_that_answered_before_is_not_asked_again_and_that_is_told(sampled: Path) -> None:
    (sampled / "bot.sh").write_text("case $1 in *stolen*) ;; *) echo card;; esac\n", encoding="utf-8")
    asked = ("--run", "sh bot.sh {text}", "--max-missing", "1")
    first = _judge(sampled, *asked)
    again = _judge(sampled, *asked)  # the empty answers among them can be read back

    assert "of an earlier run" not in first.stderr
    assert f"{len(_lines(sampled))} of {len(_lines(sampled))} answers are of an earlier run" in again.stderr
    assert again.stdout == first.stdout


@pytest.mark.parametrize(("template", "why"), [("", "--run is empty"), ("sh -c 'x", "cannot be read as a command")])
def test_a_command_that_is_none_is_refused(sampled: Path, template: str, why: str) -> None:
    ended = _judge(sampled, "--run", template)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_endpoint_that_tells_no_tokens_does_not_go_past_the_cost(sampled: Path) -> None:
    said = json.dumps({"choices": [{"message": {"content": "card"}}]})
    with Receiver(lambda _call: Reply(200, said), path="/v1") as receiver:
        ended = _judge(sampled, "--run", receiver.url, "--model", "m", "--price-in", "1000000", "--max-cost", "200")
        assert "of --max-cost 200 is spent" in ended.stderr
        assert len(receiver.calls) < 10


def test_a_model_that_is_turned_off_is_replaced_by_one_that_is_no_worse(played: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(played, tmp_path / "home"))
    facts = f"    model_versions: {{m1: {{retires: {END + timedelta(days=20):%Y-%m-%d}}}}}\n"
    with (home / "tunewatch.yaml").open("a", encoding="utf-8") as config:
        config.write(facts)
    span = ("--from", END.isoformat(), "--to", END.isoformat(), "--every", "1d")
    assert run_here("backtest", *span, "--history", f"sqlite:///{home}/history.db", cwd=home).returncode == 1
    drawn = run_here("try", "sample", "retirement", "--size", "400", "--out", "try", *AS_OF, cwd=home)
    assert drawn.returncode == 0, drawn.stderr

    ended = _judge(home, "--answers", str(_answers(home, _as_now)), "--name", "m2")
    assert "as good in production within what is tolerated" in ended.stdout
    history = History.open(f"sqlite:///{home}/history.db")
    (incident,) = history.queries.find_incidents("retirement")
    assert "candidate tried" in news(history.queries.incident_events(incident.id)[-1])
    history.close()
