"""Draws a sample from the log: reads, weighs, draws, adds failures and guards."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from alerts.incident import Incident
from checks.candidates.differences import Measure
from checks.candidates.population import Place, Population, population
from checks.candidates.sampling import Drawn, Stratum, Unit, allocate, draw, own_strata, stratum_of
from checks.counts.cells import OutcomeCell
from checks.rules.family import Family
from checks.rules.registry import figure_of
from config.monitor import MonitorSettings
from monitor.actions.brief.likeness import Likeness
from monitor.actions.candidates.sample import Item, Role, Sample, Scope
from monitor.actions.finetune.dataset import lot
from monitor.actions.material import Holdout, Material, Message, NothingToExportError, hold_out, read_material
from monitor.log.counts import ALL
from monitor.log.prediction_log import PredictionLog

FEWEST: Final = 30
"""Messages below which nothing can be said of a candidate, whatever it answers."""

CHOSEN: Final = 30  # failures, and as many guards
COMPARED: Final = 2_000  # right answers that a guard is looked for among, the newest
LATELY: Final = timedelta(days=1)  # the versions that answer now are those that answered most of it

_LOT: Final = 2**32


@dataclass(frozen=True, slots=True)
class SampleSpec:
    """What is wanted: of which monitor, for which incident (None: for none), as known at `as_of`.

    `size` messages are drawn by chance, failures and guards apart. `holdout` is the one of earlier exports.
    `candidates` are to be tried.
    """

    monitor: str
    incident: Incident | None
    as_of: datetime
    holdout: datetime | None
    size: int
    seed: int
    candidates: int
    scrub: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The labelled messages that can be drawn, what each stands for, and whatever was counted on the way."""

    messages: tuple[Message, ...]
    masses: Mapping[str, tuple[float, float]]  # by id: predictions, and their squares
    scope: Scope
    labels_a_day: dict[str, float]


def make_sample(log: PredictionLog, settings: MonitorSettings, spec: SampleSpec) -> tuple[Sample, Holdout]:
    """Draw it. The same log and the same spec give the same sample.

    Raises NothingToExportError, ScrubberMissingError, SourceError and MappingError.
    """
    if spec.incident is not None and spec.incident.family not in (Family.QUALITY, Family.RETIREMENT):
        raise NothingToExportError(f"{spec.incident.id} is of {spec.incident.family}: there is no candidate to try")
    material = read_material(log, settings, spec.as_of, scrub=spec.scrub)
    holdout = hold_out(material, spec.holdout)
    found = _find(log, settings, spec, material, holdout)
    aims = aims_of(spec.incident)
    critical = tuple(sorted({*settings.classes, *(name for _, name in aims if name)}))
    units, of_unit = _units(found, spec.seed)
    parts = _drawn(units, critical, spec)
    sample = Sample(
        monitor=spec.monitor,
        incident=None if spec.incident is None else spec.incident.id,
        as_of=spec.as_of,
        seed=spec.seed,
        scope=found.scope,
        classes=tuple(sorted({message.row.label for message in material.messages})),
        critical=critical,
        precise=tuple(sorted(name for name, floor in settings.classes.items() if floor.min_precision is not None)),
        aims=aims,
        candidates=spec.candidates,
        parts=tuple(parts),
        items=(),
        labels_a_day=found.labels_a_day,
        delay_days=0.0 if material.ripe_after is None else material.ripe_after / timedelta(days=1),
        scrubbed=material.scrubbed,
    )
    return replace(sample, items=_items(found, parts, units, of_unit, frozenset(name for _, name in aims))), holdout


def aims_of(incident: Incident | None) -> tuple[tuple[Measure, str], ...]:
    """What a candidate is to mend: what the incident alarms on, else accuracy; nothing where the move is forced."""
    if incident is not None and incident.family is Family.RETIREMENT:
        return ()
    alarms = [] if incident is None else [each for each in incident.findings if each.verdict.is_alarm]
    figures = [(figure_of(each), each.subject) for each in alarms]
    aims = {
        (Measure(figure), "" if figure == Measure.ACCURACY else subject)
        for figure, subject in figures
        if figure in set(Measure)
    }
    return tuple(sorted(aims)) or ((Measure.ACCURACY, ""),)


def _find(
    log: PredictionLog, settings: MonitorSettings, spec: SampleSpec, material: Material, holdout: Holdout
) -> Found:
    """Messages of what answers now that are held out, with the counts of all that it answered."""
    model, prompt = _answers_now(material.messages, spec)
    mine = [m for m in material.messages if (m.row.model_version, m.row.prompt_version) == (model, prompt)]
    start = _floor(max(holdout.since, mine[0].row.at), settings.bucket)
    held_out = [m for m in mine if m.row.at >= start and holdout.has(m)]
    ripe = [m for m in held_out if m.is_ripe]
    is_ripe = len(ripe) >= max(FEWEST, len(held_out) / 2)
    end = spec.as_of
    if is_ripe and material.ripe_after is not None:
        end = _floor(spec.as_of - material.ripe_after, settings.bucket)
    rows = [m for m in mine if start <= m.row.at < end]
    eligible = [m for m in rows if holdout.has(m)]
    if len({m.key for m in eligible}) < FEWEST:
        named = " ".join(filter(None, (model, prompt))) or "the chatbot"
        raise NothingToExportError(
            f"{len({m.key for m in eligible})} different labelled messages that {named} answered since "
            f"{start:%Y-%m-%d %H:%M} are held out, and {FEWEST} are the fewest that say anything of a candidate; "
            "`tunewatch label-queue` says what to label, and later messages will be held out too"
        )
    counted = _population(log, settings, (model, prompt), start, end, spec.as_of)
    masses = _masses(rows, counted)
    share = sum(masses[m.row.id][0] for m in eligible) / max(counted.seen, 1)
    scope = Scope(
        model, prompt, start, end, holdout.since, counted.predictions, counted.unseen, min(share, 1.0), is_ripe
    )
    days = max((end - start) / timedelta(days=1), settings.bucket / timedelta(days=1))
    labels = Counter(m.row.label for m in rows)
    rates = {name: n / days for name, n in labels.items()} | {"": len(rows) / days}
    return Found(tuple(eligible), masses, scope, dict(sorted(rates.items())))


def _answers_now(messages: Sequence[Message], spec: SampleSpec) -> tuple[str, str]:
    """The versions that answered most of the newest day."""
    newest = messages[-1].row.at
    lately = Counter((m.row.model_version, m.row.prompt_version) for m in messages if m.row.at > newest - LATELY)
    if not lately:
        raise NothingToExportError(f"no labelled message as of {spec.as_of:%Y-%m-%d %H:%M}")
    return max(lately, key=lambda pair: (lately[pair], pair))


def _floor(at: datetime, bucket: timedelta) -> datetime:
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    return beginning + (at - beginning) // bucket * bucket


def _population(
    log: PredictionLog,
    settings: MonitorSettings,
    versions: tuple[str, str],
    start: datetime,
    end: datetime,
    as_of: datetime,
) -> Population:
    length = round(settings.bucket.total_seconds())
    buckets = tuple(range(round(start.timestamp()), round(end.timestamp()), length))
    counts = log.count(buckets, as_of) if buckets else None
    return population(
        OutcomeCell(row.predicted, row.label, row.n, row.weight, row.weight_squared, designed=row.designed)
        for row in (counts.outcomes if counts else ())
        if row.segment == ALL and (row.model_version, row.prompt_version) == versions
    )


def _masses(rows: Iterable[Message], counted: Population) -> dict[str, tuple[float, float]]:
    """What each row stands for: those of one answer and label share the predictions that these stand for.

    All of them were counted; of many only some were read, and these then stand for the others.
    """
    by_place: dict[Place, list[Message]] = defaultdict(list)
    for message in rows:
        by_place[Place(message.row.predicted, message.row.label)].append(message)
    found: dict[str, tuple[float, float]] = {}
    for place, messages in by_place.items():
        mass = counted.masses.get(place)
        weight = sum(message.row.weight for message in messages)
        for message in messages:
            part = message.row.weight / weight
            found[message.row.id] = (0.0, 0.0) if mass is None else (mass.total * part, mass.squares * part)
    return found


def _units(found: Found, seed: int) -> tuple[list[Unit], dict[str, Message]]:
    """Different messages: the same text, label and answer is one, whose predictions add up."""
    rows: dict[tuple[str, str, str], list[Message]] = defaultdict(list)
    for message in found.messages:
        if found.masses[message.row.id][0] > 0:
            rows[message.key, message.row.label, message.row.predicted].append(message)
    units, of_unit = [], {}
    for messages in rows.values():
        one = min(messages, key=lambda m: lot(seed, m.row.id))
        masses = [found.masses[m.row.id] for m in messages]
        mass, squares = sum(each for each, _ in masses), sum(each for _, each in masses)
        units.append(Unit(one.row.id, one.row.label, one.is_right, mass, squares, lot(seed, one.row.id)))
        of_unit[one.row.id] = one
    return units, of_unit


def _drawn(units: Sequence[Unit], critical: Sequence[str], spec: SampleSpec) -> list[Drawn]:
    own = own_strata({unit.label for unit in units}, critical, spec.size)
    strata: dict[Stratum, list[Unit]] = defaultdict(list)
    for unit in units:
        strata[stratum_of(unit.label, own, right=unit.right)].append(unit)
    numbers = allocate(strata, [name for name in critical if any(each.label == name for each in strata)], spec.size)
    parts: list[Drawn] = []
    for stratum in sorted(strata):
        start = int(lot(spec.seed, f"{spec.monitor} {stratum}")[:8], 16) / _LOT
        parts += draw(stratum, strata[stratum], numbers[stratum], start)
    return parts


def _items(
    found: Found,
    parts: Sequence[Drawn],
    units: Sequence[Unit],
    of_unit: Mapping[str, Message],
    aimed: frozenset[str],
) -> tuple[Item, ...]:
    """What was drawn, and the failures and guards beside it, in the order of time."""
    drawn = {key: place for place, part in enumerate(parts) for key in part.keys}
    failures = _failures(found.messages, of_unit, aimed)
    guards = _guards(found.messages, of_unit, failures)
    every = {m.row.id: m for m in (*(of_unit[key] for key in drawn), *failures, *guards)}
    chosen = {Role.FAILURE: {m.row.id for m in failures}, Role.GUARD: {m.row.id for m in guards}}
    masses = {unit.key: unit.mass for unit in units}
    items = []
    for id_, message in sorted(every.items(), key=lambda pair: (pair[1].row.at, pair[0])):
        place = drawn.get(id_)
        roles = (*((Role.SAMPLE,) if place is not None else ()), *(role for role, ids in chosen.items() if id_ in ids))
        items.append(_item(message, roles, place, parts, masses.get(id_, 0.0)))
    return tuple(items)


def _item(message: Message, roles: tuple[Role, ...], place: int | None, parts: Sequence[Drawn], own: float) -> Item:
    row = message.row
    part = None if place is None else parts[place]
    return Item(
        id=row.id,
        at=row.at,
        text=message.text,
        label=row.label,
        now=row.predicted,
        roles=roles,
        part=place,
        weight=None if part is None else round(part.mass / len(part.keys), 6),
        probability=None
        if part is None
        else 1.0
        if part.certain
        else round(min(own * len(part.keys) / part.mass, 1.0), 6),
        confidence=row.confidence,
        latency_ms=row.latency_ms,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
    )


def _failures(messages: Sequence[Message], of_unit: Mapping[str, Message], aimed: frozenset[str]) -> Sequence[Message]:
    """The newest wrong answers, one of each group of near duplicates, those of the classes that alarm first."""
    wrong = [m for m in messages if not m.is_right and m.row.id in of_unit]
    different = list({m.group: m for m in wrong}.values())
    concerned = {m.row.id: bool({m.row.label, m.row.predicted} & aimed) for m in different}
    return sorted(different, key=lambda m: (not concerned[m.row.id], -m.row.at.timestamp(), m.row.id))[:CHOSEN]


def _guards(
    messages: Sequence[Message], of_unit: Mapping[str, Message], failures: Sequence[Message]
) -> Sequence[Message]:
    """Of each failure the nearest right answer of the class that it was taken for, and of its own class."""
    likeness = Likeness()
    right = [m for m in messages if m.is_right and m.row.id in of_unit][-COMPARED:]
    by_label: dict[str, list[Message]] = defaultdict(list)
    for message in right:
        by_label[message.row.label].append(message)
    found: dict[int, Message] = {}
    for place in ("predicted", "label"):
        for failure in failures:
            free = [m for m in by_label[getattr(failure.row, place)] if m.group not in found]
            near = likeness.nearest(failure, free)
            if near is not None and len(found) < CHOSEN:
                found[near.group] = near
    return list(found.values())
