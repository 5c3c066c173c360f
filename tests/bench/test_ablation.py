"""Every mechanism can be switched off, and the command that plays them runs."""

import sys
from functools import cache
from pathlib import Path

import pytest

from bench.ablation import samples, table
from bench.ablation.logs import healthy, seen
from bench.ablation.looks import WITH, tells, usual_checks
from bench.ablation.mechanisms import MECHANISMS, Mechanism
from bench.ablation.outcome import Covered, Outcome, gains, losses
from bench.ablation.switches import ON, Kept, Played
from bench.ablation.trials import PLAYS, TRIALS
from bench.ablation.worlds import PLAIN, WARM_UP
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from tests.repository.paths import ROOT

PAGES = ROOT / "docs" / "statistics"

every = pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda one: one.name)


@cache
def windows() -> Windows:
    return seen(PLAIN, healthy(PLAIN, 1, 0), WARM_UP * 24)


@every
def test_a_mechanism_can_be_switched_off(mechanism: Mechanism) -> None:
    assert mechanism.worlds or mechanism.samples
    switch, checks = mechanism.switch, usual_checks()
    measured = Played.of(windows(), switch, Kept())
    tells(measured, switch.checks(checks))
    changed = (switch.withhold, switch.count, switch.weigh, switch.checks, switch.steady)
    assert changed != (ON.withhold, ON.count, ON.weigh, ON.checks, ON.steady)


@pytest.mark.parametrize("world", table.SAMPLES)
def test_single_windows_are_played_with_their_mechanisms(world: str) -> None:
    switches = {one.name: one.switch for one in MECHANISMS if world in one.samples}
    assert samples.play(world, {WITH: ON, **switches}, windows=2).keys() == {WITH, *switches}


@pytest.mark.parametrize("play", PLAYS)
def test_each_trial_tells_of_its_mechanisms(play: str) -> None:
    names = {trial.name for trial in TRIALS if trial.play.__name__ == play}
    assert PLAYS[play](0.01).keys() == {WITH, *names}


def test_every_mechanism_has_a_page_and_a_name_of_its_own() -> None:
    every = [(one.name, one.page) for one in MECHANISMS] + [(one.name, one.page) for one in TRIALS]
    assert len({name for name, _ in every}) == len(every)
    assert all((PAGES / f"{page}.md").is_file() for _, page in every)


def test_with_everything_on_a_look_is_as_the_product_has_it() -> None:
    played, product = (
        [finding for check in usual_checks() for finding in check.run(measured)]
        for measured in (Played.of(windows(), ON, Kept()), Measured(windows()))
    )
    assert [(one.subject, one.verdict, one.n) for one in played] == [
        (one.subject, one.verdict, one.n) for one in product
    ]
    for one, other in zip(played, product, strict=True):
        for figure in ("value", "low", "high", "threshold", "reference"):
            assert (getattr(one, figure) or 0.0) == pytest.approx(getattr(other, figure) or 0.0, rel=1e-9)


def test_the_command_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    options = ["--tiny", "--workers", "1", "--only", "newest version", "--keep", str(keep)]
    for _ in range(2):  # the second time from what was kept
        monkeypatch.setattr(sys, "argv", ["table.py", *options])
        table.main()
        first, second = capsys.readouterr().out.strip().split("\n\n")[0::2]
        assert first.splitlines()[2].startswith("| [a window of the newest version's own time](../false_alarms.md) |")
        assert second.splitlines()[2].startswith(
            "| a window of the newest version's own time | a new version is worse | "
        )


def test_a_loss_is_told_by_the_rule_and_the_same_turned_round_is_a_gain() -> None:
    usual = Outcome(1.0, 0.01, (("fall", (2.0, 3.0)),), (Covered("accuracy", 0.95, 0.10),))
    assert losses(usual, Outcome(5.0, 0.01, (("fall", (2.0, 3.0)),), (Covered("accuracy", 0.94, 0.10),))) == (
        "false alarms",
    )
    worse = Outcome(1.0, 0.01, (("fall", (4.0, 5.0)),), (Covered("accuracy", 0.90, 0.10),))
    assert losses(usual, worse) == ("days (fall)", "coverage (accuracy)")
    assert losses(worse, usual) == ()
    assert gains(worse, usual) == ("days (fall)", "coverage (accuracy)")
    wider = Outcome(1.0, 0.01, (("fall", (2.0, 3.0)),), (Covered("accuracy", 0.95, 0.12),))
    assert losses(usual, wider) == ("width (accuracy)",)
