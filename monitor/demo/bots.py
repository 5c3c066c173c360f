"""The two chatbots of the demo, and what really happens to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.demo import texts

START = datetime(2026, 3, 2, tzinfo=UTC)
"""The first moment of the log, a Monday."""

DAYS = 42
END = START + timedelta(days=DAYS)

MODEL = "base-2026-01"
"""Both bots keep the same model throughout: only prompts change."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt version and how well the bot answers with it, from `since` until the next one.

    `recall` is the share of a class that is answered right, `usual_recall` holds for the classes it does not name.
    What is answered wrong goes to the classes of `mistaken_for` by weight, or evenly to all others.
    """

    version: str
    since: datetime
    usual_recall: float
    recall: Mapping[str, float] = field(default_factory=dict)
    mistaken_for: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bot:
    """A chatbot to simulate.

    `shares` are of true classes and add up to 1. `labelled` is the share of messages that are ever labelled, by
    predicted class; `usually_labelled` holds for the others: people look at what was flagged, and at little else.
    `slowness` is the median latency in milliseconds. `seed` is one of those that happen to give shares close to
    the expected ones.
    """

    name: str
    seed: int
    per_day: int
    shares: Mapping[str, float]
    messages: Mapping[str, tuple[str, ...]]
    prompts: tuple[Prompt, ...]
    slowness: float
    usually_labelled: float
    labelled: Mapping[str, float] = field(default_factory=dict)

    @property
    def classes(self) -> tuple[str, ...]:
        """The true classes, in the order of `shares`."""
        return tuple(self.shares)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a watcher of a bot should find out, known because the log was made up.

    `onset` is when the bot got worse, None if it was never good, and `mended` when that was undone, None for never;
    `accuracy` and `critical_recall` are what to expect of its worst prompt over all of that one's predictions, labelled
    or not. `advice` are the actions that are right while it is bad.
    """

    onset: datetime | None
    mended: datetime | None
    accuracy: float
    critical_recall: float | None
    advice: frozenset[str]


# People release at odd minutes.
_TIDIED_UP = START + timedelta(days=25, hours=10, minutes=24)
_ROLLED_BACK = START + timedelta(days=31, hours=14, minutes=37)

SUPPORT = Bot(
    name="support-bot",
    seed=245,
    per_day=600,
    shares={
        "billing": 0.21,
        "meter_reading": 0.15,
        "tariff": 0.12,
        "moving": 0.09,
        "payment": 0.14,
        "outage": 0.12,
        "appointment": 0.07,
        "app": 0.08,
        "urgent": 0.02,
    },
    messages=texts.ENERGY,
    prompts=(
        Prompt("p3", START, usual_recall=0.985, recall={"urgent": 0.92}),
        # Shorter, and better at everything but the one class whose examples it lost: no dashboard sees the difference.
        Prompt(
            "p4",
            _TIDIED_UP,
            usual_recall=0.997,
            recall={"urgent": 0.12},
            mistaken_for={"urgent": {"outage": 0.6, "appointment": 0.3, "billing": 0.1}},
        ),
        Prompt("p3", _ROLLED_BACK, usual_recall=0.985, recall={"urgent": 0.92}),
    ),
    slowness=620.0,
    usually_labelled=0.59,
    labelled={"urgent": 0.92},
)
"""An energy supplier's triage: 2% of the messages are urgent, and under p4 they wait in the wrong queues."""

SUPPORT_TRUTH = Truth(
    onset=_TIDIED_UP,
    mended=_ROLLED_BACK,
    accuracy=0.98,
    critical_recall=0.12,
    advice=frozenset({"rollback_prompt", "revise_prompt"}),
)

CLAIMS = Bot(
    name="claims-bot",
    seed=1,
    per_day=500,
    shares=dict.fromkeys(texts.CLAIMS, 1 / len(texts.CLAIMS)),
    messages=texts.CLAIMS,
    prompts=(
        Prompt("p1", START, usual_recall=0.745, recall={"liability": 0.71, "pet": 0.78}),
        Prompt(
            "p2",
            START + timedelta(days=9, hours=9, minutes=13),
            usual_recall=0.755,
            recall={"theft": 0.73, "travel": 0.77},
        ),
        Prompt(
            "p3",
            START + timedelta(days=18, hours=14, minutes=47),
            usual_recall=0.760,
            recall={"water": 0.74, "storm": 0.78},
        ),
        Prompt("p4", START + timedelta(days=26, hours=11, minutes=6), usual_recall=0.755, recall={"liability": 0.78}),
        Prompt("p5", START + timedelta(days=34, hours=10, minutes=52), usual_recall=0.760, recall={"collision": 0.74}),
    ),
    slowness=840.0,
    usually_labelled=0.61,
)
"""An insurer's claims triage: four revisions of the prompt, each as good as the last, none good enough."""

CLAIMS_TRUTH = Truth(onset=None, mended=None, accuracy=0.76, critical_recall=None, advice=frozenset({"fine_tune"}))

BOTS = (SUPPORT, CLAIMS)
