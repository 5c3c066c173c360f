"""The page of systems, made of the registry and of what the tests read: `python -m tests.support.systems_page`."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from monitor.log.systems.registry import SYSTEMS
from monitor.log.systems.system import Part, Role, System
from tests.systems.clickhouse import TABLES
from tests.systems.shapes import SHAPES
from tests.systems.written import WRITTEN

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "systems.md"
ALL: Final = (*SHAPES, *WRITTEN, *TABLES)
"""Each system with the form in which a test reads it."""

_HEAD: Final = """\
# Systems

<!-- written by python -m tests.support.systems_page -->

`source: {system: NAME}` takes the mapping of a system for all that the configuration does not set; any key can be set
beside it, and then holds. `predictions: {system: NAME}` and `labels: {system: NAME}` name it for one of the two. What
only you can say is in the last column. A `?` behind a column means that it may be missing.

```yaml
monitors:
  support-bot:
    source:
      system: langfuse
      predictions:
        files: exports/observations_v2/*.parquet
        columns: {predicted: output.intent}
      labels:
        files: exports/scores/*.parquet
        where: {name: true-intent}
```

Each line is held by a test: a small log in the shape of the system, in whose last week 3 of 25 urgent messages are
recognised, is read by `tunewatch once` to a recall of 12% and to the right number of predictions and median latency.
"by the package" means that the system's own package wrote it (`make systems`); the others are written by their
documentation.

| system | name | what is read | tested on | you say |
| --- | --- | --- | --- | --- |
"""
_TAIL: Final = """
## What cannot be read

- **Attributes as JSON columns**, which the ClickHouse exporter writes with `json: true`: the mapping is of maps.
- **Scores of judges in Phoenix, MLflow, Langfuse and OpenTelemetry** stand in rows of their own: they are read as
  labels, not as `relevance`, which must be in the row of the prediction. A `query` that joins them is.
- **Times that an export does not have**: Braintrust's `expected` is known from the start, so that label delays are
  not; ground truth of SageMaker and Argilla's `to_json` need a time that you add. Argilla's also does not say whether
  a response was submitted, and of several responses the one that you name counts.
- **Sampled logs** whose `sampling_fraction` differs from row to row are refused: counts are of rows, and a row would
  stand for more messages than another. Read the rows of one fraction (`where: {sampling_fraction: 0.1}`), or log all.
- **Much OTLP in little memory**: the lines of the file exporter hold hundreds of spans each, which DuckDB unfolds at
  once. 25,200 spans (40 MB) were read with `source.duckdb.memory_mb: 400`; with the default of 160 they are refused,
  with an error that says so.
- **LangSmith's export** has feedback without its times; take the rows of its feedback API as labels.

## What each name stands for
"""


def page() -> str:
    """Return the page."""
    tested: defaultdict[str, list[str]] = defaultdict(list)
    for shape in ALL:
        name, _, form = shape.partition(": ")
        by_package = " by the package" if shape in WRITTEN else ""
        tested[name].append(f"{form}{by_package}")
    rows = [
        f"| {system.title} | `{system.name}` | {system.reads} | {'; '.join(tested[system.name])} | {_asked(system)} |"
        for system in SYSTEMS
    ]
    mappings = "\n".join(line for system in SYSTEMS for line in _mapping(system))
    return _HEAD + "\n".join(rows) + "\n" + _TAIL + mappings


def _parts(system: System) -> Iterator[tuple[Role, Part]]:
    if system.predictions is not None:
        yield "predictions", system.predictions
    if system.labels is not None:
        yield "labels", system.labels


def _asked(system: System) -> str:
    asked = (f"`{role}.{key}`: {what}" for role, part in _parts(system) for key, what in part.asks.items())
    return "<br>".join(asked) or "nothing"


def _mapping(system: System) -> Iterator[str]:
    settings: dict[str, dict[str, Any]] = {role: dict(part.settings) for role, part in _parts(system)}
    for section in settings.values():
        for key in ("query", "rows"):
            if key in section:
                section[key] = "(a SELECT of its own)"
    text = yaml.safe_dump(settings, sort_keys=False, width=1_000, allow_unicode=True)
    yield f"\n### {system.title}\n\n```yaml\n{text}```"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
