"""What is asked beside the mapping of a system that is known by its columns: found in its rows, else left open."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from checks.counts.study import StudySpan
from config.monitor import MonitorSettings
from monitor.common.errors import MappingError, SourceError
from monitor.log.prediction_log import open_log
from monitor.log.sampled import StudyRow
from monitor.log.systems.registry import preset_of
from monitor.onboarding.initialise.guess import Mapped, map_labels, map_predictions, normalised
from monitor.onboarding.initialise.relation import Questions, Relation
from monitor.onboarding.initialise.roles import LABELS, PREDICTIONS, Chosen, Roles, Said
from monitor.onboarding.initialise.values import Column
from monitor.onboarding.initialise.words import LABEL_NAMES

PREDICTED: Final = "columns.predicted"
LABEL: Final = "columns.label"
WHERE: Final = "where."
SAMPLED: Final = 500  # rows whose answers are looked at
ANSWER: Final = "_"
_ALL: Final = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def answer_asks(roles: Roles, url: str, questions: Questions, said: Said, now: datetime) -> Roles:
    """The roles with what their systems ask, as far as the rows tell."""
    one = _class_of_answer(roles, url, said.get(PREDICTIONS, {}), now)
    other = roles.labels and _rows_of_labels(roles.labels, questions, said.get(LABELS, {}))
    return replace(roles, predictions=one, labels=other)


def completed(source: Mapping[str, Any]) -> MonitorSettings:
    """The settings of a source, with what the systems that it names say. Raises ValueError."""
    return MonitorSettings.model_validate({"source": _below(source, preset_of(source))})


def section_of(chosen: Chosen) -> dict[str, Any]:
    """What is written of a relation that a system wrote, but for its columns."""
    assert chosen.preset is not None  # noqa: S101 - the caller has looked
    rows = {"table": chosen.relation.table} if chosen.relation.table else {"files": list(chosen.relation.files)}
    where = {"where": dict(chosen.where)} if chosen.where else {}
    return chosen.preset.section(rows) | where


def open_asks(chosen: Chosen) -> dict[str, str]:
    """The keys that nobody has said yet, with what each is."""
    if chosen.preset is None:
        return {}
    answered = {f"columns.{meaning}" for meaning in chosen.mapping.columns} | {f"{WHERE}{key}" for key in chosen.where}
    return {key: what for key, what in chosen.preset.part.asks.items() if key not in answered}


def _below(given: Mapping[str, Any], preset: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are given, and below them those of the preset."""
    merged = dict(preset)
    for key, value in given.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _below(value, merged[key]) if both else value
    return merged


def _class_of_answer(roles: Roles, url: str, said: Mapping[str, str], now: datetime) -> Chosen:
    """The predictions with the path to the class within the answers, where these tell."""
    one = roles.predictions
    if one.preset is None or PREDICTED not in one.preset.part.asks:
        return one
    if said.get("predicted"):
        return replace(one, mapping=Mapped({"predicted": said["predicted"]}, {"predicted": 1.0}))
    path = one.preset.part.settings["columns"].get("response")
    rows = _sampled(one, url, path, now) if isinstance(path, str) else ()
    answers = tuple(row.response for row in rows if row.response)
    column = Column(ANSWER, answers, len(answers), len(answers))
    if column.is_class and not column.keys:
        return replace(one, mapping=Mapped({"predicted": str(path)}, {"predicted": 1.0}))
    inner = tuple(column.deep())
    guessed = map_predictions(Relation("", inner))
    found = guessed.columns.get("predicted")
    if found is None:
        return one
    base = str(path).removesuffix("?")
    columns = {"predicted": f"{base}{found.removeprefix(ANSWER)}"}
    sure = guessed.columns.get("confidence")
    if sure and "confidence" not in one.preset.part.settings["columns"]:
        columns["confidence"] = f"{base}{sure.removeprefix(ANSWER)}"
    checks = {"predicted": guessed.to_check["predicted"]} if "predicted" in guessed.to_check else {}
    units = {meaning: unit for meaning, unit in guessed.units.items() if meaning in columns}
    return replace(one, mapping=Mapped(columns, dict.fromkeys(columns, 1.0), to_check=checks, units=units))


def _sampled(one: Chosen, url: str, path: str, now: datetime) -> tuple[StudyRow, ...]:
    """Some predictions as the system's mapping reads them, whatever the class is."""
    rows = section_of(one) | {"columns": {"predicted": path}}
    try:
        settings = completed({"url": url, PREDICTIONS: rows})
        log = open_log(settings.source, bucket=timedelta(hours=1), segments=(), key="monitors.chatbot.source")
        try:
            return log.draw_rows([StudySpan(*_ALL)], as_of=now, limit=SAMPLED)
        finally:
            log.close()
    except (SourceError, MappingError, ValueError):
        return ()  # the trial of the whole proposal says why


def _rows_of_labels(labels: Chosen, questions: Questions, said: Mapping[str, str]) -> Chosen:
    """The labels with the rows that hold them, where one name alone can be meant."""
    if labels.preset is None:
        return labels
    columns = _label_column(labels, said)
    where: dict[str, str] = {}
    checks: dict[str, str] = {}
    counts: dict[str, int] = {}
    for key, what in labels.preset.part.asks.items():
        if not key.startswith(WHERE):
            continue
        name = key.removeprefix(WHERE)
        counts = _names(labels, name, questions)
        if said.get(key):
            where[name] = said[key]
        elif counts:
            where[name] = max(counts, key=lambda each: (_sounds_like_a_label(each), counts[each]))
        if len(counts) > 1 and not said.get(key):
            shown = ", ".join(f"{each} ({n:,} rows)" for each, n in list(counts.items())[:6])
            checks[key] = f"{where[name]}: {what}? There are {shown}"
    mapping = Mapped(columns, dict.fromkeys(columns, 1.0), to_check=checks)
    return replace(labels, where=where, names=counts, mapping=mapping)


def _label_column(labels: Chosen, said: Mapping[str, str]) -> dict[str, str]:
    """The column of the label, where the system asks for it."""
    if labels.preset is None or LABEL not in labels.preset.part.asks:
        return {}
    found = said.get("label") or map_labels(labels.relation).columns.get("label")
    return {"label": found} if found else {}


def _names(labels: Chosen, name: str, questions: Questions) -> dict[str, int]:
    assert labels.preset is not None  # noqa: S101 - the caller has looked
    settings = labels.preset.part.settings
    if labels.preset.part.has_query:
        relation = Relation(f"({settings['query']}) AS log")
    elif "rows" in settings:
        columns = ", ".join(
            f"to_json({questions.quoted(c)}) AS {questions.quoted(c)}" for c in settings["rows"]["columns"]
        )
        inner = f"WITH log AS (SELECT {columns} FROM {labels.relation.sql}) {settings['rows']['select']}"  # noqa: S608
        relation = Relation(f"({inner}) AS log")
    else:
        relation = labels.relation
    return questions.names(relation, name, settings.get("where", {}))


def _sounds_like_a_label(name: str) -> bool:
    return any(word in normalised(name) for word in LABEL_NAMES["label"])
