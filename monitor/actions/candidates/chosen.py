"""From what the command line says to a candidate that can be asked."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from monitor.actions.candidates.asking import AskingError, Candidate, Command, Endpoint, Prices
from monitor.actions.candidates.sample import BATCH, Sample


@dataclass(frozen=True, slots=True)
class Asking:
    """`runs` is a command, or the URL of an endpoint, with the `model` and the `prompt` that it is asked with."""

    runs: str
    model: str
    prompt: Path | None
    key_env: str
    timeout: float
    prices: Prices
    concurrency: int

    def candidate(self, folder: Path, sample: Sample) -> Candidate:
        """What is asked. Raises AskingError."""
        if not self.runs.startswith(("http://", "https://")):
            if self.prices.most is not None:
                raise AskingError(
                    "a command tells no tokens, so --max-cost cannot bound it; give a URL, or leave it out"
                )
            command = Command(self.runs, self.timeout)
            command.parts()
            return command
        if not self.model:
            raise AskingError("an endpoint is asked for a model: add --model")
        key = os.environ.get(self.key_env, "").strip()
        return Endpoint(self.runs, self.model, self._system(folder), sample.classes, key, self.timeout)

    def _system(self, folder: Path) -> str | None:
        """The prompt to try, else the one that answers now, as the sample has it."""
        try:
            if self.prompt is not None:
                return self.prompt.read_text(encoding="utf-8-sig").strip()
            first = (folder / BATCH).read_text(encoding="utf-8").split("\n", 1)[0]
        except UnicodeDecodeError:
            raise AskingError(f"{self.prompt} is not UTF-8 text") from None
        except OSError as error:
            raise AskingError(f"{error.filename} cannot be read: {error.strerror}") from None
        return str(json.loads(first)["body"]["messages"][0]["content"])
