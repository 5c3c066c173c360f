"""What the rest of tunewatch knows of a check before it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from checks.rules.check import Check
from checks.rules.family import Family


class Unit(Enum):
    """What a number of a finding is; it says how it is written."""

    SHARE = auto()  # in [0, 1], written as a percentage
    POINTS = auto()  # a difference of shares in [-1, 1], written in percentage points
    SCORE = auto()  # a mean score in [0, 1]
    MILLISECONDS = auto()
    HOURS = auto()
    TIMES = auto()  # a multiple of the usual
    DAYS = auto()  # whole days from today on


class Counted(StrEnum):
    """What `n` of a finding counts."""

    LABELS = "labels"
    ANSWERS = "answers"
    MESSAGES = "messages"
    ROWS = "rows"
    SCORES = "scores"


class Subjects(Enum):
    """What a check judges one by one; it says how a subject is named."""

    ALL = auto()  # all predictions at once
    CLASSES = auto()  # "recall of urgent"; any name may be one of a class
    PARTS = auto()  # a column, a version, a segment: "drift of text"; or all of them
    QUANTILES = auto()  # "latency p95"


class Labels(Enum):
    """What labels are to a check."""

    UNUSED = auto()
    ARRIVAL = auto()  # it watches whether they come
    TRUTH = auto()  # it compares predictions with them


class Given(Enum):
    """An argument of a check that is not a key of its own settings section; `monitor.bootstrap` knows each."""

    RECALL_FLOORS = auto()  # tuple of (class, least recall)
    PRECISION_FLOORS = auto()  # tuple of (class, least precision)
    OFFLINE_FIGURES = auto()  # tuple of `generalisation_gap.OfflineFigures`
    STUDY_EVERY = auto()  # timedelta between studies of sampled rows
    RETIREMENTS = auto()  # tuple of (model version, date on which it is turned off)


class Need(Enum):
    """What a check needs of a log and its settings beside columns and labels; `tunewatch validate` looks for each."""

    CLASS_LABELS = auto()  # labels of each class that has a floor
    CLASS_PREDICTIONS = auto()  # labelled predictions as each class that has a floor
    TWO_CLASSES = auto()  # labels of two classes
    FIRST_LABEL = auto()
    SCORES = auto()  # as many scored answers as relevance takes
    STUDY = auto()  # studies of sampled rows; without them the check is not built
    OFFLINE_FIGURES = auto()  # what models reached offline
    REGISTERED = auto()  # messages of training or evaluation sets
    SEGMENTS = auto()
    TWO_PROMPTS = auto()
    RETIREMENTS = auto()  # when model versions are turned off


Source = str | Given
"""Where an argument comes from: a key of the check's settings section, or something given."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check, as a row of `checks.rules.registry`.

    `name` is its name in findings and in the history, its settings section (`checks.NAME`) and its file
    (`checks/rules/NAME.py`). `build` makes it of the `arguments` (parameter → source), and of `budget` where it has a
    `false_alarms` share: the part in [0, 1] of a monitor's false alarms that it may cause, None for a check that
    counts and tests nothing. The shares of all rows sum to 1.

    Its numbers are in `unit` (some subjects in one of `units`), of what is called `measure` ("" for the name in words).
    `figure` is the metric of the history that they are, "" where they have no course there.

    The rest is what it lives on: `columns` are optional meanings of `source.predictions.columns`; without one of them
    it is off. A check that `compares` needs a reference, before which only its `limits` (keys of its section) hold.
    """

    name: str
    build: Callable[..., Check]
    arguments: Mapping[str, Source]
    family: Family
    unit: Unit
    false_alarms: float | None
    subjects: Subjects = Subjects.PARTS
    measure: str = ""
    figure: str = ""
    units: Mapping[str, Unit] = field(default_factory=dict)
    counted: Counted = Counted.LABELS
    labels: Labels = Labels.UNUSED
    columns: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    compares: bool = True
    limits: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """What its numbers are of, in words."""
        return self.measure or self.name.replace("_", " ")

    @property
    def needs_labels(self) -> bool:
        """Whether it has nothing to say of a log without labels; all others watch a bot from its first prediction."""
        return self.labels is not Labels.UNUSED

    def unit_of(self, subject: str) -> Unit:
        """The unit of the numbers of one subject."""
        return self.units.get(subject, self.unit)


def keys(*same: str, **renamed: str) -> dict[str, Source]:
    """Arguments that are keys of the check's own section, of the same name or of another.

    >>> keys("max_drop", floor="min_recall")
    {'max_drop': 'max_drop', 'floor': 'min_recall'}
    """
    return {**{name: name for name in same}, **renamed}
