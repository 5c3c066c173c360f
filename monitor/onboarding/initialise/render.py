"""Writing a proposal as a commented configuration file."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import sqlalchemy as sa
import yaml

from config.settings import variable_of
from config.url import IN_MEMORY, is_file_database
from monitor.onboarding.initialise.proposal import Proposal
from monitor.onboarding.initialise.roles import Chosen
from monitor.onboarding.initialise.words import LABEL_NAMES, PREDICTION_NAMES

MONITOR: Final = "chatbot"
FLOOR: Final = 0.80  # recall proposed for a critical class
MOST_NAMED: Final = 8  # columns, tables or classes named in one comment
COMMENTS_AT: Final = 44  # column


def render(proposal: Proposal, folder: Path) -> str:
    """Return the text of a configuration file that is to lie in `folder`; paths below it become relative to it."""
    lines = [*_head(proposal), *_history(), *_monitor(proposal, folder), *_classes(proposal), *_tail()]
    return "\n".join(lines) + "\n"


def _head(proposal: Proposal) -> Iterator[str]:
    yield "# Written by `tunewatch init`, which guessed. Check what is marked with (?), then run `tunewatch validate`."
    yield "# Every key there is: docs/configuration.md. Relative paths are relative to the folder of this file."
    if proposal.span[0]:
        yield f"# The prediction log covers {proposal.span[0]} to {proposal.span[1]}."
    if proposal.others:
        yield f"# Also seen, and not used: {_some([relation.name for relation in proposal.others])}."
    if proposal.passed_over:
        yield f"# Files that are not read: {_some([Path(file).name for file in proposal.passed_over])}."


def _history() -> Iterator[str]:
    yield ""
    yield "history: {url: sqlite:///tunewatch.db}    # where numbers are kept; postgresql+psycopg://... in production"
    yield '# slack: {channel: "#chatbot-oncall"}     # and the bot token in TUNEWATCH_SLACK__TOKEN, never here'


def _monitor(proposal: Proposal, folder: Path) -> Iterator[str]:
    yield ""
    yield "monitors:"
    yield _line(2, f"{MONITOR}:", "a name of your choice")
    yield "    source:"
    yield from _url(proposal.url, folder)
    yield from _relation("predictions", proposal.predictions, PREDICTION_NAMES, folder)
    if proposal.labels:
        share = f"{proposal.share_found:.0%} of the label ids tried are ids of predictions"
        yield from _relation("labels", proposal.labels, LABEL_NAMES, folder, share, beside=_beside(proposal))
    else:
        yield "      # labels: nothing here looks like labels, which need an id, a label and a time in each row."
        yield "      #   Without them traffic, latency, relevance, drift and confidence are watched."
    if proposal.segments:
        names = ", ".join(_scalar(name) for name in proposal.segments[:MOST_NAMED])
        yield f"      # segments: [{names}]    # columns whose values could be counted apart"


def _url(url: str, folder: Path) -> Iterator[str]:
    parsed = sa.make_url(url)
    if parsed.database in IN_MEMORY:
        return  # the default, which reads files
    if parsed.password is not None:
        variable = variable_of(f"monitors.{MONITOR}.source.url")
        yield f"      # The password is left out. Set {variable} to the whole URL, or PGPASSWORD."
        parsed = sa.URL.create(**{**parsed._asdict(), "password": None})
    if is_file_database(parsed):
        parsed = parsed.set(database=_path(str(parsed.database), folder))
    yield f"      url: {_scalar(parsed.render_as_string(hide_password=False))}"


def _beside(proposal: Proposal) -> bool:
    return proposal.labels is not None and proposal.labels.relation is proposal.predictions.relation


def _relation(
    role: str,
    chosen: Chosen,
    names: dict[str, tuple[str, ...]],
    folder: Path,
    comment: str = "",
    *,
    beside: bool = False,
) -> Iterator[str]:
    relation, mapping = chosen.relation, chosen.mapping
    yield _line(6, f"{role}:", comment)
    if relation.table and beside:
        label, table = _identifier(mapping.columns["label"]), relation.sql
        query = f"SELECT * FROM {table} WHERE {label} IS NOT NULL"  # noqa: S608 - written for a person to check
        yield _line(8, f"query: {_scalar(query)}", "rows without a label are not labelled yet")
    elif relation.table:
        yield f"        table: {_scalar(relation.table)}"
    else:
        yield f"        files: {_scalar(_path(relation.files[0], folder))}"
    yield "        columns:"
    for meaning in names:
        if meaning in mapping.columns:
            doubt = f"(?) {mapping.unsure[meaning]}" if meaning in mapping.unsure else ""
            yield _line(10, f"{meaning}: {_scalar(mapping.columns[meaning])}", doubt)
    yield from _unmapped(chosen, names)


def _unmapped(chosen: Chosen, names: dict[str, tuple[str, ...]]) -> Iterator[str]:
    missing = [meaning for meaning in names if meaning not in chosen.mapping.columns]
    used = set(chosen.mapping.columns.values())
    left = [column.name for column in chosen.relation.columns if column.name not in used]
    if missing:
        yield f"          # no column found for: {', '.join(missing)}"
    if left:
        yield f"          # columns not used: {_some(left)}"


def _classes(proposal: Proposal) -> Iterator[str]:
    total = sum(proposal.classes.values())
    yield ""
    if proposal.critical:
        yield "    classes:                                # critical classes: those that must not be missed (?)"
        for name in proposal.critical:
            share = f"{proposal.classes[name] / total:.1%} of {'labels' if proposal.labels else 'predictions'}"
            floor = f"{_scalar(name)}: {{min_recall: {FLOOR:.2f}}}"
            known = "" if proposal.labels else ", once there are labels"
            told = f"{share}; an incident opens if fewer than {FLOOR:.0%} of them are recognised{known}"
            yield _line(6, floor, told)
    else:
        yield "    # classes:                              # critical classes, which must not be missed: name them here"
        example = _scalar((proposal.rare or tuple(proposal.classes) or ("urgent",))[0])
        yield f"    #   {example}: {{min_recall: {FLOOR:.2f}}}"
    if proposal.rare:
        rare = [f"{name} ({proposal.classes[name] / total:.1%})" for name in proposal.rare]
        yield f"    # Other rare classes: {_some(rare)}."


def _tail() -> Iterator[str]:
    yield ""
    yield "    # The defaults, to be changed where they do not suit:"
    yield "    # every: 15m                            # how often the log is looked at"
    yield "    # window: 7d                            # what is judged"
    yield "    # reference: 28d                        # what it is compared with: the time before, or {start, end}"
    yield "    # checks:"
    yield "    #   accuracy: {good: 0.85, bad: 0.60}"
    yield "    #   latency: {p95_ms: 2000}             # a limit; without one, latency is compared with the reference"


def _line(indent: int, text: str, comment: str) -> str:
    written = f"{' ' * indent}{text}"
    return f"{written:<{COMMENTS_AT - 1}} # {comment}" if comment else written


def _path(path: str, folder: Path) -> str:
    """Return a path below the folder as relative to it, and any other as absolute; an address stays as it is."""
    if "://" in path:
        return path
    absolute = Path(path).absolute()
    return str(absolute.relative_to(folder.absolute()) if absolute.is_relative_to(folder.absolute()) else absolute)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _scalar(text: str) -> str:
    """Write a text so that YAML reads just this text."""
    plain = re.fullmatch(r"[A-Za-z_/][\w./-]*", text) and yaml.safe_load(text) == text
    return text if plain else json.dumps(text, ensure_ascii=False)


def _some(names: list[str]) -> str:
    shown = ", ".join(" ".join(name.split()) for name in names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
