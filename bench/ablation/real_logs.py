"""Plays the two real logs by the back-test: each look of it is judged with every switch."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.ablation.looks import tells
from bench.ablation.outcome import Outcome
from bench.ablation.switches import Kept, Played, Switch
from bench.alarms.scenarios import incidents
from checks.clauses.clause import Clauses
from checks.estimates.cycle_data import Measured
from checks.rules.check import Check
from checks.rules.finding import Finding
from config.loading import load
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.backtest import SimulatedTimes
from monitor.cycle.backtest import play as backtest
from monitor.history.throwaway import throwaway_history

NAMES: Final = ("banking77-stable", "banking77-paradox")
LOOKS: Final = SimulatedTimes(datetime(2026, 3, 16, tzinfo=UTC), datetime(2026, 4, 12, tzinfo=UTC), timedelta(hours=12))
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)

CONFIG: Final = """
monitors:
  bot:
    source:
      predictions:
        files: {folder}/predictions.parquet
        columns: {{id: prediction_id, at: ts, predicted: predicted, confidence: confidence,
                  model_version: model_version, prompt_version: prompt_version}}
      labels:
        files: {folder}/labels.parquet
        columns: {{id: prediction_id, label: label, at: labelled_at}}
    classes: {{urgent: {{min_recall: 0.80}}}}
"""

JUDGED: Final = ("accuracy", "class_recall", "class_precision", "accuracy_paradox")


@dataclass
class Watcher:
    """Stands where a check stands, hands on what it says, and keeps the times at which each switch would alarm."""

    inner: Check
    checks: tuple[Check, ...]
    switches: Mapping[str, Switch]
    alarms: dict[str, list[datetime]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """That of the check."""
        return self.inner.name

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """What the check says."""
        kept = Kept()
        for name, switch in self.switches.items():
            if tells(Played.of(measured.windows, switch, kept), switch.checks(self.checks)):
                self.alarms.setdefault(name, []).append(measured.windows.now)
        return self.inner.run(measured)


def play_log(folder: Path, switches: Mapping[str, Switch], looks: SimulatedTimes = LOOKS) -> dict[str, Outcome]:
    """False alarms before the bot changed, if it did, and days until it is told of, as set by default."""
    onset = json.loads((folder / "truth.json").read_text("utf-8"))["onset_ts"]
    changed = None if onset is None else datetime.fromisoformat(onset[:26]).replace(tzinfo=UTC)
    alarms = _alarms(folder, switches, looks)
    healthy = [at for at in looks.times() if changed is None or at < changed]
    return {name: _outcome(alarms.get(name, []), healthy, changed) for name in switches}


def _alarms(folder: Path, switches: Mapping[str, Switch], looks: SimulatedTimes) -> dict[str, list[datetime]]:
    with tempfile.TemporaryDirectory() as own, throwaway_history() as history:
        file = Path(own) / "tunewatch.yaml"
        file.write_text(CONFIG.format(folder=folder.resolve()), "utf-8")
        monitor = build_monitor(load(file), "bot", history)
        judged = tuple(check for check in monitor.checks if check.name in JUDGED)
        watcher = Watcher(judged[0], judged, switches)
        for _ in backtest([replace(monitor, checks=(watcher,), study=None)], looks):
            pass
        monitor.log.close()
    return watcher.alarms


def _outcome(alarms: Sequence[datetime], healthy: Sequence[datetime], changed: datetime | None) -> Outcome:
    early = [at for at in alarms if changed is None or at < changed]
    begun = len(incidents((at - healthy[0]) / HOUR for at in early))
    rate = begun / ((healthy[-1] - healthy[0]) / YEAR) if len(healthy) > 1 else 0.0
    late = [at for at in alarms if changed is not None and at >= changed]
    told = (late[0] - changed) / timedelta(days=1) if late and changed else float("inf")
    days = () if changed is None else (("urgent recall .92 → .15", (told,)),)
    return Outcome(rate, len(early) / max(len(healthy), 1), days)
