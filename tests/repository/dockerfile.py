"""A Dockerfile as a list of stages, enough of one to hold ours to its promises."""

import json
from dataclasses import dataclass, replace
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
    """What stands between one FROM and the next, after what the stages that it is built on have.

    `image` is the one that the first of these stages is from, `name` what the last FROM calls it, or "".
    """

    image: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, keyword: str) -> list[Instruction]:
        """Every instruction of one kind."""
        return [instruction for instruction in self.instructions if instruction.keyword == keyword]

    def last(self, keyword: str) -> Instruction:
        """The one that holds when there are several; raises IndexError where there is none."""
        return self.all(keyword)[-1]


def read_stages(file: Path) -> dict[str, Stage]:
    """Read the stages of a Dockerfile, by their names, in their order; without heredocs or parser directives."""
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    text = "\n".join(line for line in lines if line and not line.startswith("#")).replace("\\\n", "")
    stages: dict[str, Stage] = {}
    for line in text.split("\n"):
        keyword, _, rest = line.partition(" ")
        if keyword.upper() == "FROM":
            image, _, name = rest.split()
            under = stages.get(image, Stage(image, "", ()))
            last = stages[name] = Stage(under.image, name, under.instructions)
        else:
            last = stages[last.name] = replace(
                last, instructions=(*last.instructions, Instruction(keyword.upper(), rest))
            )
    return stages
