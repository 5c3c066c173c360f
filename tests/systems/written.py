"""What the packages themselves wrote of the story, put where a team would have it.

`make systems` has them write it again; see the writers beside this file.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa

from tests.systems.databases import kept
from tests.systems.shapes import Source
from tests.systems.story import Turn

Url = Callable[[], str]
Written = Callable[[list[Turn], Path, Url], Source]


def _sqlite(name: str, folder: Path) -> str:
    dump = kept(name)
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection, connection:
        for table, ddl in dump["sqlite"].items():
            connection.execute(ddl)
            rows = dump["rows"][table]
            marks = ", ".join(f":{column}" for column in rows[0])
            connection.executemany(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})", rows)  # noqa: S608
    return f"sqlite:///{folder}/{name}.db"


def _postgresql(name: str, url: str) -> str:
    dump = kept(name)
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        for table, ddl in dump["postgresql"].items():
            cursor.execute(ddl)
            asked = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            kinds: dict[str, str] = dict(cursor.execute(asked, (table,)).fetchall())
            rows = dump["rows"][table]
            names = [column for column in rows[0] if column in kinds]
            marks = ", ".join(["%s"] * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of the package
            cursor.executemany(sql, [[_typed(row[column], kinds[column]) for column in names] for row in rows])
        cursor.execute("ANALYZE")  # as the server would before long
    return url


def _typed(value: object, kind: str) -> object:
    """SQLite keeps a boolean as a number, and times of Phoenix without their zone, which is UTC."""
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    return f"{value}+00" if kind == "timestamp with time zone" else value


def _phoenix(url: str) -> Source:
    return {
        "system": "phoenix",
        "url": url,
        "predictions": {
            "columns": {
                "predicted": "attributes.output.value.intent",
                "confidence": "attributes.output.value.confidence",
            },
            "where": {"project": "support-bot"},
        },
        "labels": {"where": {"name": "true_intent"}},
    }


def _mlflow(url: str) -> Source:
    outputs = 'content.attributes."mlflow.spanOutputs"'
    return {
        "system": "mlflow",
        "url": url,
        "predictions": {"columns": {"predicted": f"{outputs}.intent", "confidence": f"{outputs}.confidence"}},
        "labels": {"where": {"name": "intent"}},
    }


def _otlp(predicted: str) -> Written:
    def write(_turns: list[Turn], folder: Path, _url: Url) -> Source:
        path = folder / "telemetry.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in kept("otlp")), encoding="utf-8")
        return {
            "system": "otlp",
            "predictions": {
                "files": path.name,
                "columns": {"predicted": predicted, "confidence": 'attributes."app.confidence"'},
            },
            "labels": {"files": path.name, "where": {"name": "true_intent"}},
        }

    return write


def _predictions(turns: list[Turn], folder: Path) -> Source:
    """A prediction log of one's own, for systems that label alone."""
    rows = ({"id": t.span_id, "at": t.at.isoformat(), "class": t.predicted} for t in turns)
    path = folder / "predictions.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return {"files": path.name, "columns": {"id": "id", "at": "at", "predicted": "class"}}


def _label_studio(turns: list[Turn], folder: Path, _url: Url) -> Source:
    (folder / "export.json").write_text(json.dumps(kept("label-studio"), indent=2), encoding="utf-8")
    labels = {"system": "label-studio", "files": "export.json", "where": {"name": "intent"}}
    return {"predictions": _predictions(turns, folder), "labels": labels}


def _argilla(turns: list[Turn], folder: Path, _url: Url) -> Source:
    (folder / "records.json").write_text(kept("argilla"), encoding="utf-8")
    columns = {"label": "responses.intent[0].value", "at": "metadata.labelled_at"}
    labels = {"system": "argilla", "files": "records.json", "columns": columns}
    return {"predictions": _predictions(turns, folder), "labels": labels}


WRITTEN: Final[Mapping[str, Written]] = {
    "phoenix: SQLite": lambda _turns, folder, _url: _phoenix(_sqlite("phoenix", folder)),
    "phoenix: PostgreSQL": lambda _turns, _folder, url: _phoenix(_postgresql("phoenix", url())),
    "mlflow: SQLite": lambda _turns, folder, _url: _mlflow(_sqlite("mlflow", folder)),
    "mlflow: PostgreSQL": lambda _turns, _folder, url: _mlflow(_postgresql("mlflow", url())),
    "otlp: JSON lines, class an attribute": _otlp('attributes."app.intent"'),
    "otlp: JSON lines, class in the answer": _otlp('attributes."gen_ai.output.messages"[0].parts[0].content.intent'),
    "label-studio: JSON": _label_studio,
    "argilla: JSON": _argilla,
}
"""By system and form."""
