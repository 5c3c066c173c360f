"""Writing a proposal as a commented configuration file."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
import yaml

from alerts.messages.figures import percent
from config.settings import variable_of
from config.url import IN_MEMORY, is_file_database
from monitor.common.templates import templates
from monitor.onboarding.initialise.guess import REQUIRED_OF_LABELS, REQUIRED_OF_PREDICTIONS
from monitor.onboarding.initialise.place import labelled_rows
from monitor.onboarding.initialise.presets import WHERE
from monitor.onboarding.initialise.proposal import Proposal
from monitor.onboarding.initialise.roles import LABELS, Chosen
from monitor.onboarding.initialise.words import LABEL_NAMES, PREDICTION_NAMES

if TYPE_CHECKING:
    from jinja2 import Template

MONITOR: Final = "chatbot"
FLOOR: Final = 0.80  # recall proposed for a critical class
MOST_NAMED: Final = 8  # columns, tables or classes named in one comment
SAID: Final = "what is not set here, its mapping says"
COMMENTS_AT: Final = 44  # column
REQUIRED: Final = {*REQUIRED_OF_PREDICTIONS, *REQUIRED_OF_LABELS}


@dataclass(frozen=True, slots=True)
class _Section:
    """A relation in its role (`predictions`, `labels`): the line that says where it is, and those of its columns."""

    role: str
    comment: str
    place: str
    columns: list[str]
    missing: list[str]
    unused: list[str]


def render(proposal: Proposal, folder: Path) -> str:
    """Return the text of a configuration file that is to lie in `folder`; paths below it become relative to it."""
    url, variable = _url(proposal.url, folder)
    return _template().render(
        proposal=proposal,
        files_passed_over=[Path(file).name for file in proposal.passed_over],
        monitor=MONITOR,
        url=url,
        url_variable=variable,
        relations=_relations(proposal, folder),
        most_named=MOST_NAMED,
        floor=f"{FLOOR:.2f}",
        told_of=partial(_critical, proposal),
        example_class=(proposal.rare or tuple(proposal.classes) or ("urgent",))[0],
        checks=[
            f"{each.key}: {' '.join(each.sentence.split())}"
            for each in proposal.to_check
            if each.role not in proposal.roles or not each.meaning
        ],
        rare=[f"{name} ({_share(proposal, name)})" for name in proposal.rare],
    )


def _url(url: str, folder: Path) -> tuple[str, str]:
    """The URL without its password, "" for the default, which reads files; the variable that takes the password."""
    parsed = sa.make_url(url)
    if parsed.database in IN_MEMORY:
        return "", ""
    variable = ""
    if parsed.password is not None:
        variable = variable_of(f"monitors.{MONITOR}.source.url")
        parsed = sa.URL.create(**{**parsed._asdict(), "password": None})
    if is_file_database(parsed):
        parsed = parsed.set(database=_path(str(parsed.database), folder))
    return parsed.render_as_string(hide_password=False), variable


def _relations(proposal: Proposal, folder: Path) -> Iterator[_Section]:
    for role, chosen in proposal.roles.items():
        names = LABEL_NAMES if role == LABELS else PREDICTION_NAMES
        columns, used = chosen.mapping.columns, set(chosen.mapping.columns.values())
        checks = {each.meaning: each.sentence for each in proposal.to_check if each.role == role}
        yield _Section(
            role,
            _joined(proposal) if role == LABELS else "",
            _place(role, chosen, proposal, folder),
            columns=_columns(names, chosen, checks),
            missing=[] if chosen.preset else [each for each in names if each not in {*columns, *checks}],
            unused=[]
            if chosen.preset
            else [c.name for c in chosen.relation.columns if not (c.name in used or c.inside_of)],
        )


def _columns(names: Iterable[str], chosen: Chosen, checks: dict[str, str]) -> list[str]:
    """The lines of the columns, and of a relation that a system wrote those of what it asks beside them."""
    if chosen.preset is None:
        return ["        columns:", *(line for meaning in names for line in _column(meaning, chosen, checks))]
    asked = {key.removeprefix("columns.") for key in chosen.preset.part.asks if key.startswith("columns.")}
    found = [meaning for meaning in names if meaning in {*chosen.mapping.columns, *asked}]
    lines = [line for meaning in found for line in _column(meaning, chosen, checks)]
    where = [key for key in chosen.preset.part.asks if key.startswith(WHERE)]
    return [
        *(["        columns:", *lines] if lines else []),
        *(["        where:"] if where else []),
        *(line for key in where for line in _where(key, chosen, checks.get(key))),
    ]


def _where(key: str, chosen: Chosen, check: str | None) -> Iterator[str]:
    if check is not None:
        yield f"          # CHECK: {key}: {' '.join(check.split())}"
    name = key.removeprefix(WHERE)
    value = chosen.where.get(name)
    yield f"          {_scalar(name)}:" + (f" {_scalar(value)}" if value is not None else "")


def _joined(proposal: Proposal) -> str:
    share = percent(proposal.share_found)
    return f"{share} of the label ids tried are ids of predictions" if proposal.share_found else ""


def _column(meaning: str, chosen: Chosen, checks: dict[str, str]) -> Iterator[str]:
    """The lines of one meaning: what must be checked stands above it."""
    column, check = chosen.mapping.columns.get(meaning), checks.get(meaning)
    if check is not None:
        yield f"          # CHECK: {meaning}: {' '.join(check.split())}"
    if column is not None:
        unsure, unit = chosen.mapping.unsure.get(meaning), chosen.mapping.units.get(meaning)
        line = f"{meaning}: {_scalar(column)}"
        if unit:
            line = f"{meaning.removesuffix('_ms')}: {{column: {_scalar(column)}, unit: {unit}}}"
        yield _noted(f"          {line}", f"(?) {unsure}" if unsure and not check else "")
    elif meaning in REQUIRED:
        yield f"          {meaning}:" if check is not None else f"          # {meaning}:"


def _place(role: str, chosen: Chosen, proposal: Proposal, folder: Path) -> str:
    if query := labelled_rows(role, chosen, proposal.roles):
        return _noted(f"        query: {_scalar(query)}", "rows without a label are not labelled yet")
    if chosen.preset is not None:
        system = _noted(f"        system: {chosen.preset.system.name}", f"{chosen.preset.system.title}: {SAID}")
        if chosen.preset.part.has_query:
            return system
        return f"{system}\n{_rows(chosen, folder)}"
    return _rows(chosen, folder)


def _rows(chosen: Chosen, folder: Path) -> str:
    if chosen.relation.table:
        return f"        table: {_scalar(chosen.relation.table)}"
    return f"        files: {_scalar(_path(chosen.relation.files[0], folder))}"


def _critical(proposal: Proposal, name: str) -> str:
    known = "" if proposal.labels else ", once there are labels"
    share = f"{_share(proposal, name)} of {'labels' if proposal.labels else 'predictions'}"
    return f"{share}; an incident opens if fewer than {FLOOR:.0%} of them are recognised{known}"


def _share(proposal: Proposal, name: str) -> str:
    return f"{proposal.classes[name] / sum(proposal.classes.values()):.1%}"


def _noted(text: str, comment: str) -> str:
    """The line with a comment at its column, if there is one."""
    return f"{text:<{COMMENTS_AT - 1}} # {comment}" if comment else text


def _path(path: str, folder: Path) -> str:
    """Return a path below the folder as relative to it, and any other as absolute; an address stays as it is."""
    if "://" in path:
        return path
    absolute = Path(path).absolute()
    return str(absolute.relative_to(folder.absolute()) if absolute.is_relative_to(folder.absolute()) else absolute)


def _scalar(text: str) -> str:
    """Write a text so that YAML reads just this text."""
    plain = re.fullmatch(r"[A-Za-z_/][\w./-]*", text) and yaml.safe_load(text) == text
    return text if plain else json.dumps(text, ensure_ascii=False)


def _some(names: list[str]) -> str:
    shown = ", ".join(" ".join(name.split()) for name in names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown


@cache
def _template() -> "Template":
    filters: dict[str, Callable[..., str]] = {"noted": _noted, "scalar": _scalar, "some": _some}
    return templates(filters).get_template("onboarding/initialise/tunewatch.yaml.jinja")
