"""The table of log events in docs/operations.md, of the calls in the code: `python -m tests.support.events_page`.

What a call cannot say, what to do about an event, stands in `MEANT` here.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "operations.md"
BEGIN: Final = "<!-- events: written by python -m tests.support.events_page -->"
END: Final = "<!-- end of events -->"

LEVELS: Final = {"debug": 0, "info": 1, "warning": 2, "error": 3, "exception": 3}
_NAMES: Final = ("debug", "info", "warning", "error")

_FAULT: Final = "a fault of tunewatch, with its traceback: please report it"
_NOTHING: Final = "nothing"

MEANT: Final[Mapping[str, str]] = {
    "a click may be under way": "nothing, unless a button that was pressed at the end did nothing: press it again",
    "a study of the configuration before is still under way": "nothing; it ends by itself",
    "acted on the page": "nothing: who did what",
    "answering": "nothing; the health endpoints answer from now on, and the first looks begin with `started`",
    "channel check crashed": _FAULT,
    "channel crashed": f"{_FAULT}. It is tried again",
    "channel would take alerts": _NOTHING,
    "channel would take no alert": "read `error`; it is told through the other channels if it lasts",
    "chart let go": "read `error`; the message went without its chart",
    "chart not drawn": f"{_FAULT}. The message goes without its chart",
    "chart not sent yet": "nothing; it is tried again",
    "chart sent": _NOTHING,
    "check crashed": (
        f"{_FAULT}. The other checks go on; if it lasts for `incidents.hold`, the channels tell of an incident of the "
        "family `watch`"
    ),
    "click not answered": "nothing: what was clicked is kept, and its answer did not reach Slack",
    "click not kept": "read `error`; whoever clicked was told, and clicks again",
    "click not understood": "a fault of tunewatch, or a Slack that has changed: please report it",
    "clicked": "nothing: who did what",
    "clicks come in": _NOTHING,
    "clock was set": "nothing; if you did not set it, look after the machine's time",
    "configuration could not be used": f"{_FAULT}. The configuration before goes on",
    "configuration read": "nothing; what `waits_for_restart` names changes with a restart alone",
    "configuration refused": "read `error`; the configuration before goes on",
    "configuration taken": "nothing; what `waits_for_restart` names changes with a restart alone",
    "connection not closed": _FAULT,
    "crashed": f"{_FAULT}. A command ended by it, with exit status 70",
    "delivery crashed": f"{_FAULT}. Delivery goes on",
    "ended": "read `error`; it is the reason of an exit status other than 0",
    "form not answered": "read `error`: the history could not be reached when somebody acted on the page",
    "heartbeat not taken": "read `error`; whoever waits for `alerting.heartbeat_url` will think that tunewatch is dead",
    "ignored": f"{_FAULT}. It goes on",
    "incident": "what the channels tell too",
    "incidents not told again": "read `error`; a channel that forgets, such as Alertmanager, was not reminded",
    "ingest cannot write the log": "read `reason`; what is received is kept in the spool until it can",
    "ingest refused": "read `reason`: what was sent is refused until there is room, or can be written, again",
    "ingest rejected rows": "read `reason` or `line`: the sender sends what cannot be read",
    "listening crashed": f"{_FAULT}. It connects again",
    "log lost rows": "see [When the log loses rows](#when-the-log-loses-rows)",
    "look crashed": f"{_FAULT}. It is tried again at the next interval",
    "look failed": "read `error`; it is tried again at the next interval, and told if it lasts",
    "looked": "nothing; `seconds` growing towards `every` means that the log has outgrown its engine",
    "looks set aside that are dated after the present": "a clock was wrong, or somebody looked `--as-of` a later time",
    "metrics not sent": f"{_FAULT}. They are sent at the next interval",
    "no clicks come in": "read `error`; it connects again, and is told if it lasts",
    "no monitor's columns fit its log: nothing is watched; tunewatch validate tries them": "run `tunewatch validate`",
    "notification failed": (
        "read `error`; it is tried again at `retry_at`. An error where a person has to do something; at level debug "
        "after the first five failures in a row, but for one in twenty"
    ),
    "notification sent": "nothing; where it is a warning, read `note`",
    "notification taken over": "nothing: another process sends it",
    "notifications taken up": _NOTHING,
    "objects copied": _NOTHING,
    "outbox unreachable": "look after the history",
    "page not answered": "read `error`: the history could not be reached for a page",
    "part of a study crashed": f"{_FAULT}. The other parts are there",
    "purged": "nothing: so many rows were older than `history.keep`, or thinned",
    "receiving": _NOTHING,
    "report failed": "read `error`; Evidently's report was not made",
    "report not kept": "read `error`: the folder of `reports` could not be written to",
    "run crashed": _FAULT,
    "run missed": "nothing, unless it happens often: the machine slept, or is overloaded",
    "run skipped": "a look took longer than `every`: raise it",
    "sign-in refused": "somebody tried a wrong token at `address`",
    "signed in": "nothing: who signed in to the page",
    "silence not told": "nothing: the silence holds, and Slack was not told",
    "started": _NOTHING,
    "stopped": "nothing; `cut_short` says that something was still under way, which the next process does again",
    "stopping": _NOTHING,
    "studied": _NOTHING,
    "study crashed": f"{_FAULT}. It is made again later",
    "study failed": "read `error`; it is told if it lasts",
    "study not made": "read `error`: the log or the history could not be reached",
    "telemetry started": "nothing: [OpenTelemetry](#opentelemetry) is sent",
    "the failed look cannot be kept": "the history is unreachable too: nobody is told but by `/-/ready` and this line",
    "thread crashed": _FAULT,
    "times read": "see whether `how` is how times are meant; `columns` can say it otherwise",
    "told": "in a JSON log, the console's message (`message`) with its object (`alert`)",
    "views keep the column types of an earlier release": "do what `remedy` says",
    "views of others made again": _NOTHING,
    "watch over channels crashed": _FAULT,
    "watching": _NOTHING,
    "whether channels fail cannot be kept": "look after the history",
}
"""What to do about each event."""


@dataclass(frozen=True)
class Call:
    """A call that logs: its event, the levels that it may have, and the names of its facts."""

    event: str
    levels: frozenset[str]
    facts: tuple[str, ...]


def calls() -> Iterator[Call]:
    """Every call of the daemon and the commands that logs."""
    for room in ("alerts", "config", "monitor"):
        for file in sorted((ROOT / room).rglob("*.py")):
            yield from calls_of(ast.parse(file.read_text(encoding="utf-8")))


def table(found: Iterable[Call]) -> str:
    """A row for each event, by its name."""
    levels, facts = defaultdict[str, set[str]](set), defaultdict[str, dict[str, None]](dict)
    for call in found:
        levels[call.event] |= call.levels
        facts[call.event] |= dict.fromkeys(call.facts)
    rows = (
        f"| `{event}` | {_level(levels[event])} | {', '.join(f'`{each}`' for each in facts[event])} | {MEANT[event]} |"
        for event in sorted(levels, key=str.casefold)
    )
    return "\n".join(["| log event | level | facts | what to do |", "| --- | --- | --- | --- |", *rows])


def page(text: str) -> str:
    """The page with its table brought up to date."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(calls())}\n\n{END}{rest.partition(END)[2]}"


def _level(levels: Iterable[str]) -> str:
    return " or ".join(sorted({_NAMES[LEVELS[each]] for each in levels}, key=_NAMES.index))


def calls_of(tree: ast.Module) -> Iterator[Call]:
    """Those of one file."""
    loggers = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_logger(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            chosen = _chosen(node, loggers)
            for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
                levels = _levels(call.func, loggers, chosen)
                if levels and call.args and isinstance(call.args[0], ast.Constant):
                    yield Call(str(call.args[0].value), levels, tuple(_facts(call, tree)))


def _is_logger(value: ast.expr | None) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    return getattr(called, "attr", getattr(called, "id", "")) == "get_logger"


def _chosen(function: ast.FunctionDef | ast.AsyncFunctionDef, loggers: set[str]) -> Mapping[str, frozenset[str]]:
    """Names that stand for a method of a logger within a function, with the levels that they may have."""
    found = defaultdict[str, frozenset[str]](frozenset)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            methods = [each for each in ast.walk(node.value) if isinstance(each, ast.Attribute)]
            levels = frozenset[str]().union(*(_levels(each, loggers, {}) for each in methods))
            found[node.targets[0].id] |= frozenset() if isinstance(node.value, ast.Call) else levels
    return found


def _levels(called: ast.expr, loggers: set[str], chosen: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if isinstance(called, ast.Name):
        return chosen.get(called.id, frozenset())
    is_one = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in loggers
    return frozenset({called.attr}) if is_one and called.attr in LEVELS else frozenset()  # type: ignore[attr-defined]


def _facts(call: ast.Call, tree: ast.Module) -> Iterator[str]:
    """The names of the facts; of a mapping that is unpacked, the keys where it is written out in the file."""
    for each in call.keywords:
        if each.arg == "exc_info":
            continue
        if each.arg is not None:
            yield each.arg
            continue
        name = getattr(getattr(each.value, "func", each.value), "id", "")
        yield from (key for node in ast.walk(tree) for key in _written_out(node, name))


def _written_out(node: ast.AST, name: str) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=found) if found == name:
            dicts = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
        case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
            dicts = [value]
        case _:
            return
    for each in dicts:
        if isinstance(each, ast.Dict):
            yield from (str(key.value) for key in each.keys if isinstance(key, ast.Constant))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"wrote {PAGE}\n")
