"""Training data for small classifiers, which need no vendor: the message and its class."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.actions.finetune.format import Example, example, json_lines, only, parsed
from monitor.common.spreadsheet_cells import from_csv, to_csv


@dataclass(frozen=True, slots=True)
class HuggingFace:
    """Text and number of the class, for any classifier that `datasets` and `transformers` train."""

    name: str = "hf"
    suffix: str = ".jsonl"
    source: str = "https://huggingface.co/docs/datasets/loading#json"
    takes_prompt: bool = False
    fewest: int = 1

    def write(self, examples: Sequence[Example], system: str | None, labels: Sequence[str]) -> str:  # noqa: ARG002
        """`{"text": …, "label": 3}`; `labels.json` and README.md have the names."""
        place = {label: number for number, label in enumerate(labels)}
        return json_lines({"text": each.text, "label": place[each.label]} for each in examples)

    def read(self, text: str, labels: Sequence[str]) -> list[Example]:
        """Text and name of the class."""
        lines = [only(line, {"text", "label"}) for line in parsed(text)]
        return [example(line["text"], labels[line["label"]]) for line in lines]


@dataclass(frozen=True, slots=True)
class Csv:
    """A table of text and class, for anything else."""

    name: str = "csv"
    suffix: str = ".csv"
    source: str = "https://www.rfc-editor.org/rfc/rfc4180"
    takes_prompt: bool = False
    fewest: int = 1

    def write(self, examples: Sequence[Example], system: str | None, labels: Sequence[str]) -> str:  # noqa: ARG002
        """Two columns, guarded against spreadsheets."""
        return to_csv(Example._fields, (example._asdict() for example in examples))

    def read(self, text: str, labels: Sequence[str]) -> list[Example]:  # noqa: ARG002
        """Each row, without its guard."""
        return [example(row["text"], row["label"]) for row in from_csv(text)]
