"""The story as systems write it whose packages are not on PyPI or write no files: by their documentation.

Each shape writes into a folder and returns the `source` of a configuration, as an operator would write it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.ingesting import TOKEN, Client, receiver
from tests.systems.story import Turn

Source = dict[str, Any]
Shape = Callable[[list[Turn], Path], Source]


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> str:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path.name


def _parquet(path: Path, rows: Iterable[Mapping[str, Any]]) -> str:
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path.name


def _csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> str:
    given = [{key: json.dumps(v) if isinstance(v, dict | list) else v for key, v in row.items()} for row in rows]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, given[0])
        writer.writeheader()
        writer.writerows(given)
    return path.name


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _labels(turns: list[Turn], folder: Path) -> Source:
    """A label log of one's own, for systems without labels."""
    rows = ({"id": t.span_id, "label": t.label, "at": _iso(t.labelled_at)} for t in turns)
    return {"files": _lines(folder / "labels.jsonl", rows), "columns": {"id": "id", "label": "label", "at": "at"}}


def _observation(turn: Turn, *, stale: bool = False) -> Source:
    return {
        "id": turn.span_id,
        "trace_id": turn.trace_id,
        "project_id": "clx0project",
        "environment": "production",
        "type": "GENERATION",
        "parent_observation_id": "",
        "start_time": _clock(turn.at),
        "end_time": _clock(turn.end),
        "name": "triage",
        "metadata": {"channel": "web", "confidence": turn.confidence},
        "input": json.dumps([{"role": "user", "content": turn.text}]),
        "output": json.dumps({"intent": "pending" if stale else turn.predicted}),
        "provided_model_name": turn.model,
        "prompt_name": "triage",
        "prompt_version": turn.prompt,
        "usage_details": {"input": 80, "output": 7, "total": 87},
        "latency": turn.latency_ms / 1000,
        "updated_at": _clock(turn.end if stale else turn.end + timedelta(seconds=9)),
    }


def _score(turn: Turn) -> Source:
    return {
        "id": f"score-{turn.n}",
        "timestamp": _clock(turn.labelled_at),
        "project_id": "clx0project",
        "environment": "production",
        "trace_id": turn.trace_id,
        "observation_id": turn.span_id,
        "session_id": None,
        "dataset_run_id": None,
        "name": "true-intent",
        "value": 0.0,
        "source": "ANNOTATION",
        "data_type": "CATEGORICAL",
        "string_value": turn.label,
        "created_at": _clock(turn.labelled_at),
        "updated_at": _clock(turn.labelled_at),
    }


def _langfuse(write: Callable[[Path, Iterable[Source]], str], suffix: str) -> Shape:
    def shape(turns: list[Turn], folder: Path) -> Source:
        """Overlapping exports repeat rows; spans and scores of other kinds are in the same files."""
        others = [_observation(t) | {"id": f"span-{t.n}", "type": "SPAN"} for t in turns[:20]]
        stale = [_observation(t, stale=True) for t in turns[::5]]
        offline = [
            _score(t) | {"id": f"run-{t.n}", "dataset_run_id": "r1", "string_value": "refund"} for t in turns[::7]
        ]
        judged = [_score(t) | {"id": f"eval-{t.n}", "source": "EVAL", "string_value": "card"} for t in turns[::3]]
        observations = [*stale, *map(_observation, turns), *others]
        return {
            "system": "langfuse",
            "predictions": {
                "files": write(folder / f"observations.{suffix}", observations),
                "columns": {"predicted": "output.intent", "confidence": "metadata.confidence"},
            },
            "labels": {
                "files": write(folder / f"scores.{suffix}", [*map(_score, turns), *offline, *judged]),
                "where": {"name": "true-intent"},
            },
        }

    return shape


def langsmith(turns: list[Turn], folder: Path) -> Source:
    """Runs in Parquet, whose nested columns are texts of JSON; feedback of the API."""
    runs = [
        {
            "id": t.uuid,
            "trace_id": t.uuid,
            "dotted_order": f"{t.at:%Y%m%dT%H%M%S%fZ}{t.uuid}",
            "name": "triage",
            "run_type": "llm",
            "start_time": t.at,
            "end_time": t.end,
            "inputs": json.dumps({"messages": [{"content": t.text}]}),
            "outputs": json.dumps({"intent": t.predicted}),
            "extra": json.dumps({"metadata": {"ls_model_name": t.model, "revision_id": f"v{t.prompt}"}}),
            "prompt_tokens": 80,
            "completion_tokens": 7,
        }
        for t in turns
    ]
    chains = [run | {"id": f"chain-{n}", "run_type": "chain"} for n, run in enumerate(runs[:20])]
    feedback = [
        {
            "id": f"f{t.n}",
            "run_id": t.uuid,
            "key": "true_intent",
            "score": None,
            "value": t.label,
            "correction": None,
            "feedback_source": {"type": "app", "user_id": "u1"},
            "created_at": _iso(t.labelled_at),
            "modified_at": _iso(t.labelled_at),
        }
        for t in turns
    ]
    return {
        "predictions": {
            "system": "langsmith",
            "files": _parquet(folder / "runs.parquet", [*runs, *chains]),
            "columns": {"predicted": "outputs.intent"},
        },
        "labels": {
            "system": "langsmith",
            "files": _lines(folder / "feedback.jsonl", feedback),
            "where": {"key": "true_intent"},
        },
    }


def braintrust(turns: list[Turn], folder: Path) -> Source:
    """The true answer is in the row."""
    rows = [
        {
            "id": t.span_id,
            "span_id": t.span_id,
            "root_span_id": t.span_id,
            "span_parents": None,
            "created": _iso(t.at),
            "project_id": "p",
            "log_id": "g",
            "input": {"text": t.text},
            "output": {"intent": t.predicted, "confidence": t.confidence},
            "expected": {"intent": t.label} if t.n % 20 != 1 else None,
            "scores": {},
            "metadata": {"model": t.model, "prompt_version": str(t.prompt)},
            "metrics": {
                "start": t.at.timestamp(),
                "end": t.end.timestamp(),
                "prompt_tokens": 80,
                "completion_tokens": 7,
            },
            "span_attributes": {"name": "triage", "type": "llm"},
        }
        for t in turns
    ]
    inner = [row | {"id": f"inner-{n}", "span_parents": ["x"]} for n, row in enumerate(rows[:20])]
    return {
        "system": "braintrust",
        "predictions": {
            "files": _lines(folder / "logs.jsonl", [*rows, *inner]),
            "columns": {"predicted": "output.intent", "confidence": "output.confidence"},
        },
        "labels": {"columns": {"label": "expected.intent"}},
    }


def openai(turns: list[Turn], folder: Path) -> Source:
    """Objects of the list of stored completions; the content is a text of JSON."""
    rows = (
        {
            "id": f"chatcmpl-{t.span_id}",
            "object": "chat.completion",
            "created": int(t.at.timestamp()),
            "model": t.model,
            "choices": [{"index": 0, "message": {"role": "assistant", "content": json.dumps({"intent": t.predicted})}}],
            "usage": {"prompt_tokens": 80, "completion_tokens": 7, "total_tokens": 87},
            "metadata": {"prompt_version": str(t.prompt)},
        }
        for t in turns
    )
    labels = _labels(turns, folder)
    labels["query"] = f"SELECT 'chatcmpl-' || id AS id, label, \"at\" FROM '{labels.pop('files')}'"  # noqa: S608
    return {
        "predictions": {
            "system": "openai",
            "files": _lines(folder / "completions.jsonl", rows),
            "columns": {"predicted": "choices[0].message.content.intent"},
        },
        "labels": labels,
    }


def _databricks(*, gateway: bool) -> Shape:
    def shape(turns: list[Turn], folder: Path) -> Source:
        def row(t: Turn, status: int = 200) -> Source:
            times = (
                {"request_time": t.at, "execution_duration_ms": t.latency_ms, "served_entity_id": t.model}
                if gateway
                else {"timestamp_ms": int(t.at.timestamp() * 1000), "execution_time_ms": t.latency_ms}
            )
            answer = {"choices": [{"message": {"content": t.predicted}}], "usage": {"prompt_tokens": 80}}
            return times | {
                "databricks_request_id": t.uuid,
                "client_request_id": t.span_id,
                "status_code": status,
                "sampling_fraction": 1.0,
                "request": json.dumps({"messages": [{"role": "user", "content": t.text}]}),
                "response": json.dumps(answer),
            }

        failed = [row(t, 429) | {"client_request_id": f"failed-{t.n}"} for t in turns[:9]]
        return {
            "predictions": {
                "system": "databricks",
                "files": _parquet(folder / "payload.parquet", [*map(row, turns), *failed]),
                "columns": {"predicted": "response.choices[0].message.content"},
            },
            "labels": _labels(turns, folder),
        }

    return shape


def sagemaker(turns: list[Turn], folder: Path) -> Source:
    """Capture, and ground truth with a time that the team adds."""
    captured = (
        {
            "captureData": {
                "endpointInput": {"data": t.text, "encoding": "CSV", "mode": "INPUT"},
                "endpointOutput": {"data": json.dumps({"label": t.predicted}), "encoding": "JSON", "mode": "OUTPUT"},
            },
            "eventMetadata": {"eventId": t.uuid, "inferenceId": t.span_id, "inferenceTime": _iso(t.at)}
            if t.n % 2
            else {"eventId": t.span_id, "inferenceTime": _iso(t.at)},
            "eventVersion": "0",
        }
        for t in turns
    )
    truth = (
        {
            "groundTruthData": {"data": t.label, "encoding": "CSV"},
            "eventMetadata": {"eventId": t.span_id},
            "eventVersion": "0",
            "labelled_at": _iso(t.labelled_at),
        }
        for t in turns
    )
    return {
        "system": "sagemaker",
        "predictions": {
            "files": _lines(folder / "capture.jsonl", captured),
            "columns": {"predicted": "captureData.endpointOutput.data.label"},
        },
        "labels": {"files": _lines(folder / "truth.jsonl", truth), "columns": {"at": "labelled_at"}},
    }


def dialogflow(turns: list[Turn], folder: Path) -> Source:
    """The export to BigQuery, from there as Parquet with JSON texts."""
    rows = [
        {
            "project_id": "p",
            "agent_id": "a1",
            "conversation_name": f"c{t.n // 3}",
            "turn_position": t.n % 3,
            "request_time": t.at,
            "language_code": "en",
            "request": json.dumps({"queryInput": {"text": {"text": t.text}}}),
            "response": json.dumps(
                {
                    "responseId": t.span_id,
                    "queryResult": {
                        "text": t.text,
                        "match": {"intent": {"displayName": t.predicted}, "confidence": t.confidence},
                    },
                }
            ),
        }
        for t in turns
    ]
    files = _parquet(folder / "interactions.parquet", rows)
    return {"predictions": {"system": "dialogflow", "files": files}, "labels": _labels(turns, folder)}


def lex(turns: list[Turn], folder: Path) -> Source:
    """Conversation logs, in two generations of the confidence."""
    rows = (
        {
            "sessionId": f"s{t.n // 3}",
            "requestId": t.span_id,
            "timestamp": _iso(t.at),
            "inputTranscript": t.text,
            "botVersion": "3",
            "interpretations": [
                {
                    "intent": {"name": t.predicted},
                    "nluConfidence": t.confidence if t.n % 2 else {"score": t.confidence},
                },
                {"intent": {"name": "FallbackIntent"}},
            ],
        }
        for t in turns
    )
    files = _lines(folder / "lex.jsonl", rows)
    return {"predictions": {"system": "lex", "files": files}, "labels": _labels(turns, folder)}


def rasa(turns: list[Turn], folder: Path) -> Source:
    """Events, those of the bot among them."""
    events: list[Source] = []
    for t in turns:
        intent = {"name": t.predicted, "confidence": t.confidence}
        user = {"event": "user", "text": t.text, "parse_data": {"intent": intent}, "message_id": t.span_id}
        events += [
            user | {"sender_id": "s", "timestamp": t.at.timestamp(), "metadata": {"model_id": t.model}},
            {"sender_id": "s", "event": "bot", "timestamp": t.end.timestamp(), "text": "answer"},
        ]
    files = _lines(folder / "events.jsonl", events)
    return {"predictions": {"system": "rasa", "files": files}, "labels": _labels(turns, folder)}


def zendesk(turns: list[Turn], folder: Path) -> Source:
    """Predictions of one's own, by ticket; the history of a field, with its first value and other fields."""
    predictions = ({"ticket": 1000 + t.n, "at": _iso(t.at), "class": t.predicted} for t in turns)
    history: list[Source] = []
    for t in turns:
        row = {"ticket_id": 1000 + t.n, "field_name": "category", "user_id": 7, "value": None, "updated": _iso(t.at)}
        corrected = row | {"value": t.label, "updated": _iso(t.labelled_at)}
        history += [row, row | {"field_name": "status", "value": "open"}, corrected]
    return {
        "predictions": {
            "files": _lines(folder / "predictions.jsonl", predictions),
            "columns": {"id": "ticket", "at": "at", "predicted": "class"},
        },
        "labels": {
            "system": "zendesk",
            "files": _csv(folder / "ticket_field_history.csv", history),
            "where": {"field_name": "category"},
        },
    }


def received(turns: list[Turn], folder: Path) -> Source:
    """What is sent to tunewatch itself."""
    predictions = (
        {
            "id": turn.span_id,
            "at": _iso(turn.at),
            "bot": "triage",
            "predicted": turn.predicted,
            "text": turn.text,
            "confidence": turn.confidence,
            "latency_ms": turn.latency_ms,
            "model_version": turn.model,
            "prompt_version": str(turn.prompt),
        }
        for turn in turns
    )
    labels = ({"id": turn.span_id, "label": turn.label, "at": _iso(turn.labelled_at)} for turn in turns)
    with receiver(folder / "received") as service:
        client = Client("http://{}:{}".format(*service.address), TOKEN)
        for stream, rows in (("predictions", predictions), ("labels", labels)):
            status, answer = client.send(stream, *rows)
            assert status == 200, answer
    return {
        "system": "tunewatch",
        "predictions": {"files": "received/predictions/*.parquet"},
        "labels": {"files": "received/labels/*.parquet"},
    }


SHAPES: Final[Mapping[str, Shape]] = {
    "langfuse: Parquet": _langfuse(_parquet, "parquet"),
    "langfuse: JSON lines": _langfuse(_lines, "jsonl"),
    "langfuse: CSV": _langfuse(_csv, "csv"),
    "langsmith: Parquet, JSON lines": langsmith,
    "braintrust: JSON lines": braintrust,
    "databricks: AI Gateway, Parquet": _databricks(gateway=True),
    "databricks: older, Parquet": _databricks(gateway=False),
    "openai: JSON lines": openai,
    "sagemaker: JSON lines": sagemaker,
    "dialogflow: Parquet": dialogflow,
    "lex: JSON lines": lex,
    "rasa: JSON lines": rasa,
    "zendesk: CSV": zendesk,
    "tunewatch: Parquet": received,
}
"""By system and form."""
