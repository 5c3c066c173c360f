"""The page of all that tunewatch can say, each sentence once: `python -m tests.support.messages_page` writes it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any, Final

from alerts.acts import Act, ActKind
from alerts.messages import acts
from alerts.messages.acts import act_in_words
from alerts.messages.advising import ACTIONS
from alerts.messages.outcomes import DONE
from alerts.messages.wording import TEMPLATES, text
from alerts.messages.words import OUTCOMES, STATES, WORDS
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clause, Fact, Rated
from checks.rules.finding_clause import FindingClause
from checks.statistics.intervals import Proportion
from tests.repository.paths import ROOT

PAGE: Final = Path(ROOT, "docs", "messages.md")

FINDING: Final = "recall of urgent is 13% (6–23%, n=61), was 91% in the reference, below 70%"

SLOW: Final = "latency p95 is 2,900 ms (2,700–3,100 ms, n=15,300 answers), over 2,000 ms"
BUSY: Final = "4,120 predictions in the last 6 h, more than the usual 1,400 of these hours"
SILENT: Final = "no predictions at all in the last 6 h, less than the usual 1,400 of these hours"
UNLABELLED: Final = "the last label came 90 h ago, 72 h are allowed"
REPEATS: Final = "4,000 of 5,000 rows repeat the id of another prediction and are left out"
LESS_RELEVANT: Final = "relevance is 0.70 (0.66–0.74, n=420 scores by judge-v2), was 0.82 in the reference"
STRICT: Final = "relevance is 0.70 (0.66–0.74, n=420 scores by judge-v2), below 0.75"
OFFLINE: Final = "accuracy of m2 is 77% (75–79%, n=1,590) in production, 96% offline"
SEEN: Final = "39% of 1,800 sampled messages to model m2 are in its training set"
SEGMENT: Final = "accuracy of lang=es is 71% (66–76%, n=310) with prompt p4, 88% with p3; elsewhere 93% and 85%"

NAMES: Final[dict[str, Fact]] = {
    "day": "2027-01-14",
    "action": "fine_tune",
    "among": " (they come among some 900 messages, at 6% urgent)",
    "but": ", while labels also say 'urgent'",
    "by": " by judge-v2",
    "came": "412 predictions",
    "channel": "slack",
    "check": "class_recall",
    "column": "lang",
    "compared": (
        "Recall of urgent was 91% (88–94%, n=349) with prompt p3 on model m1 and is 13% (6–23%, n=61) with prompt p4 "
        "on model m2: 78 points less (67 to 86 points). Prompt p4 on model m2 came after 2026-03-28 06:00 UTC."
    ),
    "error": "no route to host",
    "figure": "accuracy",
    "finding": FINDING,
    "fixed": " on the same model m1",
    "instead": "; now answering: m2",
    "key": "source.predictions.columns.at",
    "kind": "training",
    "label": "urgent",
    "labels": "'1.0', '3.0'",
    "made": ": 78 points less (67 to 86 points). Prompt p4 came after 2026-03-28 06:00 UTC.",
    "message": "2 of 60 files of the log are not read: a.csv",
    "messages": "54 labelled urgent requests",
    "method": "Wasserstein distance",
    "metric": "recall of urgent",
    "model": "m1",
    "more": " and 4 more",
    "name": "urgent",
    "newer": "prompt p4 on model m1",
    "of": " as billing",
    "older": "prompt p3 on model m1",
    "one": "revise_prompt",
    "other": "fine_tune",
    "predicted": "other",
    "predictions": "'1', '3'",
    "prompt": "p4",
    "report": "reports/drift-2026-03-29.html",
    "run": "prompt p4 on model m1",
    "shown": " (such as '31/10/2026 14:05')",
    "source": "judge-v2",
    "subject": "recall of urgent",
    "text": "It fell.",
    "then": "Send about 54 labelled urgent requests from before the fall through today's chatbot.",
    "topic": "12% of the messages (11–13%) are unlike those before, by words such as refund",
    "tried": "3 prompts were tried on this model in the time that is kept",
    "unit": "labels",
    "up": ", up 6 points from 2% in the reference",
    "value": "es",
    "why": "too few labels",
    "words": ", by words such as refund and voucher",
}
"""Facts that are names or other clauses, by the name that templates call them."""

AT: Final = datetime(2026, 3, 28, 6, tzinfo=UTC)

NUMBERS: Final[dict[str, Fact]] = {
    "argument": AT,
    "as_data": ("31/10/2026 14:05", "30/10/2026 9:12"),
    "as_names": ("1.0", "3.0"),
    "between": (0.67, 0.86),
    "capital": FINDING,
    "capital_list": ("prompt p3 on model m1",),
    "commas": ("urgent", "billing"),
    "count": 1_620,
    "days": 30,
    "digit": 0.0004,
    "digits": 0.31,
    "done": "fine_tune",
    "duration": timedelta(days=7),
    "effect": (-0.041, -0.06, -0.02),
    "interval ms": (2_700.0, 3_100.0),
    "interval score": (0.66, 0.74),
    "interval share": (0.06, 0.23),
    "list": ("urgent", "billing"),
    "measured": Proportion(0.13, 61, 61),
    "moments": (AT,),
    "ms": 2_900.0,
    "plain": 7,
    "points": 0.15,
    "quantity": 0.62,
    "quoted": ("where is my refund", "I want my money back"),
    "score": 0.7,
    "semicolons": ("logs/03.csv", "logs/04.csv"),
    "sentences": (FINDING,),
    "setting": 6.0,
    "share": 0.13,
    "support answers": 15_300,
    "support labels": 61,
    "support messages": 5_000,
    "support scores": 420,
    "tenths": 3.5,
    "times": 2.31,
    "when": AT,
    "whole": 7.0,
    "whole_points": 0.78,
    "words": ("--from 2026-03-28T06:00", "--to 2026-03-29T06:00"),
}
"""Facts with a form, by its name and arguments."""

TITLES: Final = {
    "FindingClause": "What the checks say",
    "RefusalClause": "Why there is no estimate before the labels",
    "SignalClause": "What signals and advice say",
    "OutcomeClause": "What came of an action",
}

ABOUT: Final = (
    "Each clause once, with example numbers; written by `python -m tests.support.messages_page`, and held up to date "
    "by a test. One that begins with … goes on from the clause before it.\n"
)

BY_NAME: Final[dict[tuple[str, str], Fact]] = {
    ("accuracy", "share"): 0.98,
    ("ago", "days"): 3,
    ("after", "measured"): Proportion(0.13, 61, 61),
    ("balanced", "share"): 0.71,
    ("before", "measured"): Proportion(0.91, 349, 349),
    ("before", "share"): 0.91,
    ("beyond", "between"): (0.05, 0.21),
    ("confidence", "share"): 0.4,
    ("elsewhere", "when"): datetime(2026, 3, 26, 18, tzinfo=UTC),
    ("even", "share"): 0.05,
    ("examples", "semicolons"): ("logs/03.csv", "logs/04.csv"),
    ("expected", "share"): 0.95,
    ("goal", "share"): 0.85,
    ("hours", "count"): 90,
    ("limit", "setting"): 72.0,
    ("limit", "ms"): 2_000.0,
    ("limit", "share"): 0.7,
    ("low", "times"): 2.1,
    ("high", "times"): 2.5,
    ("behaviour", "effect"): (-0.002, -0.021, 0.017),
    ("n", "count"): 1_620,
    ("one", "done"): "revise_prompt",
    ("needed", "plain"): 100,
    ("needed", "count"): 200,
    ("now", "count"): 1_620,
    ("of", "count"): 5_000,
    ("offline", "share"): 0.96,
    ("others", "share"): 0.06,
    ("of_errors", "share"): 0.56,
    ("prompts", "plain"): 9,
    ("rate", "share"): 0.55,
    ("realised", "share"): 0.88,
    ("rest_after", "share"): 0.93,
    ("rest_before", "share"): 0.85,
    ("then", "count"): 940,
    ("then", "plain"): 12,
    ("then", "quantity"): 0.71,
    ("then", "share"): 0.91,
    ("usable", "count"): 210,
    ("usual", "count"): 1_400,
    ("wanted", "share"): 0.85,
    ("was", "ms"): 1_250.0,
    ("was", "score"): 0.82,
    ("was", "share"): 0.91,
    ("was", "tenths"): 2.1,
    ("what", "list"): ("1,620 predictions", "12 labels"),
    ("moved", "capital_list"): ("the confidence of 40% of the answers moved",),
    ("shown", "list"): ("p2 71% (66–76%, n=310)", "p3 72% (67–77%, n=305)"),
    ("pairs", "list"): ("urgent taken for other (7 of them, 54%)", "cards taken for loans (3 of them, 23%)"),
    ("some", "list"): ("urgent has 7", "refund has 12"),
    ("fewest", "count"): 140,
    ("measured", "plain"): 2,
    ("least", "plain"): 30,
    ("classes", "plain"): 12,
    ("findings", "list"): ("class_recall of urgent (n=7)", "accuracy of all (n=9)"),
    ("checks", "list"): ("traffic", "latency"),
    ("checks", "commas"): ("class_recall",),
    ("moved", "commas"): ("urgent 40% (reference 10%)",),
    ("words", "commas"): ('"refund" 12% (reference 1%)',),
    ("words", "list"): ("refund", "voucher"),
    ("classes", "commas"): ("billing 80%",),
    ("others", "list"): ("other (20 labelled)", "billing (3 labelled)"),
    ("then", "commas"): ("judge-v1",),
}
"""Facts of which the general example of their form would read oddly."""

OWN: Final[dict[StrEnum, dict[str, Fact]]] = {
    FindingClause.ANSWERS_INSTEAD: {"names": ("m2",)},
    FindingClause.LATENCY_IS: {"name": "p95"},
    SignalClause.WILL_FAIL: {"names": ("m1",)},
    FindingClause.MESSAGES_UNLIKE: {"column": "text"},
    FindingClause.PRODUCTION_UNKNOWN: {"subject": "m1"},
    FindingClause.SEGMENT: {"older": "p3", "newer": "p4", "column": "lang"},
    FindingClause.SOURCE: {"name": "judge-v2"},
    FindingClause.NEWEST_LOST: {"key": "source.predictions"},
    FindingClause.NEWEST_LABELS_LOST: {"key": "source.labels"},
    FindingClause.NULL_LABEL_TIME: {"key": "source.labels.columns.at"},
    FindingClause.IMPLAUSIBLE_LABEL_TIME: {"key": "source.labels.columns.at"},
    FindingClause.NULL_ID: {"key": "source.predictions.columns.id"},
    FindingClause.DUPLICATE_ID: {"key": "source.predictions.columns.id"},
    FindingClause.ORPHAN_LABEL: {"key": "source.labels.columns.id"},
    FindingClause.MALFORMED_LINE: {"key": "source.predictions.files"},
    SignalClause.CLASSES_SHORT: {"more": " (the 2 with the fewest)"},
    SignalClause.TRIED_FEW: {"least": 5},
    SignalClause.ONLY_LATENCY: {"finding": SLOW},
    SignalClause.TRAFFIC_UP: {"finding": BUSY},
    SignalClause.TRAFFIC_DOWN: {"finding": SILENT},
    SignalClause.LABELS_STOPPED: {"finding": UNLABELLED},
    SignalClause.INVALID_LOG: {"findings": (REPEATS,)},
    SignalClause.RELEVANCE_ONLY: {"finding": LESS_RELEVANT},
    SignalClause.RELEVANCE_AND_CLASSES: {"finding": LESS_RELEVANT},
    SignalClause.NEW_JUDGE: {"finding": STRICT},
    SignalClause.GAP: {"finding": OFFLINE},
    SignalClause.LEAKAGE: {"finding": SEEN},
    SignalClause.BIAS: {"finding": SEGMENT},
    SignalClause.COMPARED: {"older": "prompt p3", "newer": "prompt p4"},
    SignalClause.NEAREST_LIMIT: {"subject": "urgent"},
    SignalClause.NOT_KNOWN_OF: {"subject": "urgent"},
    SignalClause.NO_ACTION: {"least": 2.0},
    SignalClause.ONE_TRIED: {"n": 1},
    SignalClause.PROMPT: {"name": "p4"},
    SignalClause.MODEL: {"name": "m1"},
    SignalClause.ONLY_PROMPT: {"name": "p4"},
    SignalClause.ONLY_MODEL: {"name": "m1"},
    SignalClause.RELEVANCE: {"of": " of answers predicted urgent"},
    SignalClause.SAME_MODEL: {"name": "m1"},
    SignalClause.SAME_PROMPT: {"name": "p4"},
    SignalClause.VERSIONS: {"prompt": "prompt p4", "model": "model m1"},
}
"""Facts that mean something else in one clause than in the others."""

CAPITALS: Final = {"metric": "recall of urgent", "newer": "prompt p4", "run": "prompt p4 on model m1"}


def page() -> str:
    """The page, as Markdown."""
    parts = [
        "# All that tunewatch can say\n",
        ABOUT,
        *(f"## {TITLES[kind.__name__]}\n\n{_table(kind)}" for kind in TEMPLATES),
        f"## Actions\n\n{_rows(('action', 'to do', 'done'), ((a.value, ACTIONS[a], DONE[a]) for a in ACTIONS))}",
        f"## Verdicts\n\n{_rows(('verdict', 'words'), ((v.value, WORDS[v]) for v in WORDS))}",
        f"## States\n\n{_rows(('state', 'words'), ((s.value, STATES[s]) for s in STATES))}",
        f"## Acts\n\n{_rows(('act', 'words'), ((k.value, act_in_words(_act(k))) for k in acts.DONE))}",
        f"## Told again\n\n{_rows(('reason', 'words'), ((r.value, acts.AGAIN[r]) for r in acts.AGAIN))}",
        f"## Outcomes\n\n{_rows(('outcome', 'words'), ((o.value, OUTCOMES[o]) for o in OUTCOMES))}",
    ]
    return "\n".join(parts)


def _act(kind: ActKind) -> Act:
    return Act(kind, "ada", AT, "1", AT + timedelta(hours=4) if kind in _TIMED else None, "we are on it")


_TIMED: Final = (ActKind.ACKNOWLEDGE, ActKind.SNOOZE, ActKind.SILENCE)


def example(kind: StrEnum) -> str:
    """A clause with example numbers."""
    template = TEMPLATES[type(kind)][kind]
    facts = {
        name: OWN.get(kind, {}).get(name) or _fact(name, spec or "")
        for _, name, spec, _ in Formatter().parse(template)
        if name is not None
    }
    said = text((Clause(kind, tuple(facts.items())),))
    return f"…{said}" if said[:1] in " ,;:" else said


def _fact(name: str, spec: str) -> Any:  # noqa: ANN401 - a fact of any type
    if spec == "capital":
        return CAPITALS.get(name, NUMBERS[spec])
    if name == "share" and spec == "measured":
        return Rated(Proportion(0.13, 61, 61), "labels")
    return BY_NAME.get((name, spec)) or (NUMBERS[spec] if spec else NAMES[name])


def _table(kind: type[StrEnum]) -> str:
    return _rows(("clause", "example"), ((member.value, example(member)) for member in kind))


def _rows(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *((f"`{first}`", *rest) for first, *rest in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
