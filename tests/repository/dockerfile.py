"""A Dockerfile as a list of stages, enough of one to hold ours to its promises."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its keyword in capitals, and the rest of its line with continuations joined."""

    keyword: str
    rest: str

    @property
    def exec_form(self) -> list[str]:
        """The arguments of an instruction in exec form; raises ValueError for shell form."""
        arguments: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return arguments


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands between one FROM and the next, without FROM itself."""

    image: str
    instructions: tuple[Instruction, ...]

    def all(self, keyword: str) -> list[Instruction]:
        """Every instruction of one kind."""
        return [instruction for instruction in self.instructions if instruction.keyword == keyword]

    def last(self, keyword: str) -> Instruction:
        """The one that holds when there are several; raises IndexError where there is none."""
        return self.all(keyword)[-1]


def read_stages(file: Path) -> list[Stage]:
    """Read the stages of a Dockerfile without heredocs or parser directives."""
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    text = "\n".join(line for line in lines if line and not line.startswith("#")).replace("\\\n", "")
    cut = [line.partition(" ") for line in text.split("\n")]
    instructions = [Instruction(keyword.upper(), rest) for keyword, _, rest in cut]
    starts = [index for index, instruction in enumerate(instructions) if instruction.keyword == "FROM"]
    ends = [*starts[1:], len(instructions)]
    return [
        Stage(instructions[start].rest.split()[0], tuple(instructions[start + 1 : end]))
        for start, end in zip(starts, ends, strict=True)
    ]
