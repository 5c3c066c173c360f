"""What the operator wants of the chatbot, as far as advice needs to know it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Drops:
    """The falls that the checks tolerate, as differences of shares in [0, 1]; the defaults are those of the checks."""

    accuracy: float = 0.03
    recall: float = 0.10
    precision: float = 0.10
    relevance: float = 0.05


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the operator knows of a model version: the day on which it is turned off (None: not known)."""

    version: str
    retires: date | None = None
    fine_tunable: bool = True


@dataclass(frozen=True, slots=True)
class AdvicePolicy:
    """Targets in [0, 1] and the least evidence that an expensive action needs.

    `floors` holds (class, recall floor, precision floor) of the classes that have one of their own; a floor may be
    None. `floors_of_all` are those of every class that has none of its own, and without one a class is held to
    `class_target`. `max_drop` and `max_ratio` are what the checks tolerate: advice has no limits of its own for what
    they watch, or a fall that alarms could never be a step. `min_prompts` is how many prompts must have been measured
    before prompting can be said to have reached its limit, `min_labels_per_class` how many labelled messages of each
    class a fine-tune needs, and `min_labels` of all together. It must serve `payback_days` to be worth it; `models` are
    those of which it is known when they are turned off, or that they cannot be fine-tuned.
    """

    target_accuracy: float = 0.85
    floors: tuple[tuple[str, float | None, float | None], ...] = ()
    floors_of_all: tuple[float | None, float | None] = (None, None)
    class_target: float = 0.70
    min_prompts: int = 3
    min_labels_per_class: int = 50
    max_drop: Drops = Drops()
    max_ratio: float = 1.3
    payback_days: float = 90.0
    min_labels: int = 200
    models: tuple[ModelFacts, ...] = ()

    def recall_floor(self, class_name: str) -> float | None:
        """The recall that the operator asks of a class; None when nothing was asked."""
        own = next((recall for name, recall, _ in self.floors if name == class_name), None)
        return self.floors_of_all[0] if own is None else own

    def precision_floor(self, class_name: str) -> float | None:
        """The precision that the operator asks of a class; None when nothing was asked."""
        own = next((precision for name, _, precision in self.floors if name == class_name), None)
        return self.floors_of_all[1] if own is None else own

    @property
    def critical(self) -> tuple[str, ...]:
        """Classes with a recall floor of their own."""
        return tuple(name for name, recall, _ in self.floors if recall is not None)
