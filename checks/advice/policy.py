"""What the operator wants of the chatbot, as far as advice needs to know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdvicePolicy:
    """Targets in [0, 1] and the least evidence that an expensive action needs.

    `floors` holds (class, recall floor, precision floor) of the classes that have one of their own; a floor may be
    None. Other classes are held to `class_target`. `min_prompts` is how many prompts must have been measured before
    prompting can be said to have reached its limit, `min_labels_per_class` how many labelled messages of each class a
    fine-tune needs.
    """

    target_accuracy: float = 0.85
    floors: tuple[tuple[str, float | None, float | None], ...] = ()
    class_target: float = 0.70
    min_prompts: int = 3
    min_labels_per_class: int = 50

    def recall_floor(self, class_name: str) -> float | None:
        """The recall that the operator asks of a class; None when nothing was asked."""
        return next((recall for name, recall, _ in self.floors if name == class_name), None)

    def precision_floor(self, class_name: str) -> float | None:
        """The precision that the operator asks of a class; None when nothing was asked."""
        return next((precision for name, _, precision in self.floors if name == class_name), None)

    @property
    def critical(self) -> tuple[str, ...]:
        """Classes with a recall floor of their own."""
        return tuple(name for name, recall, _ in self.floors if recall is not None)
