"""Which messages are like which."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from monitor.actions.material import Message
from monitor.common.near_duplicates import Grams, grams, similarity

MOST: Final = 40  # errors that a candidate is compared with; more of them change little
LONGEST: Final = 300  # letters of an example in a prompt: it is read, and paid for, with every request


class Likeness:
    """Compares messages by their letters; remembers what it has taken apart."""

    def __init__(self) -> None:
        self._grams: dict[str, Grams] = {}

    def of(self, one: Message, other: Message) -> float:
        """In [0, 1], 1 for the same text."""
        return similarity(self._of(one), self._of(other))

    def nearest(self, message: Message, others: Sequence[Message]) -> Message | None:
        """The one that is most like it; of equals the earliest."""
        return max(others, key=lambda other: self.of(message, other), default=None)

    def typical(self, messages: Sequence[Message], errors: Sequence[Message]) -> list[Message]:
        """Messages by how like the errors they are, most first; of near duplicates one, and none that is long."""
        compared = list(islice(errors, MOST))
        short = [message for message in messages if len(message.text) <= LONGEST]
        ranked = sorted(short, key=lambda m: (-sum(self.of(m, error) for error in compared), m.key))
        return list({message.group: message for message in reversed(ranked)}.values())[::-1]

    def _of(self, message: Message) -> Grams:
        if message.key not in self._grams:
            self._grams[message.key] = grams(message.key)
        return self._grams[message.key]
