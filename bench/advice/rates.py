"""How often the advice is right: stories of incidents, each with a twin that looks alike and has another answer.

    python -m bench.advice.rates                     # the table of docs/advice.md, about ten minutes
    python -m bench.advice.rates --half tuned        # on the half of the parameter ranges that weights may be tuned on
    python -m bench.advice.rates --only plateau --verbose

Every case is a drawn log, played through the checks that alarm and the advice that follows. A story has three sizes of
effect and so many seeds; its parameters (recalls, coverage, delays, days) come from ranges cut in cells, every other
of which is for tuning.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.advice.stories import changes, limits, messages, models, outputs, quiet
from bench.advice.stories.end_to_end import play_for_real
from bench.advice.stories.playing import Judges, Told, play
from bench.advice.stories.story import ABSTAIN, NONE, Draws, Effect, Half, Story
from bench.tables import add_write, table
from config.monitor import MonitorSettings
from monitor.bootstrap.checks import build_checks
from monitor.bootstrap.monitors import advice_policy

STORIES = (*changes.STORIES, *limits.STORIES, *messages.STORIES, *models.STORIES, *outputs.STORIES)
VERSIONS = {"prompt_version": "prompt", "model_version": "model"}
SETTLE = 3  # days after the alarm, at most, at which the advice is judged
CAUTIOUS = frozenset({ABSTAIN, NONE, "collect_labels", "fix_labels"})
COSTS = {"fine_tune": 10.0}  # of a wrong advice; a fine-tune is dear and takes long
WRONG_CHANGE, WRONG_CAUTION = 3.0, 1.0


@dataclass(frozen=True)
class Outcome:
    """One case and what was told."""

    story: Story
    effect: Effect
    seed: int
    told: Told

    @property
    def is_best(self) -> bool:
        """Whether it is the right answer."""
        return self.told.answer == self.story.best

    @property
    def is_acceptable(self) -> bool:
        """Whether it is one that would be signed."""
        return self.told.answer in self.story.acceptable

    @property
    def harm(self) -> float:
        """What a wrong answer costs."""
        if self.is_acceptable:
            return 0.0
        return WRONG_CAUTION if self.told.answer in CAUTIOUS else COSTS.get(self.told.answer, WRONG_CHANGE)


def judges() -> Judges:
    """The checks and the policy of a monitor with default settings and one critical class."""
    columns = {"id": "id", "at": "at", "predicted": "predicted", "text": "text", "confidence": "c", "latency_ms": "ms"}
    source = {
        "predictions": {
            "files": "log.parquet",
            "columns": {**columns, "confidence": "c", "latency_ms": "ms", "text": "t"},
        },
        "labels": {"files": "labels.parquet", "columns": {"id": "id", "label": "label", "at": "at"}},
    }
    offline = {name: {"n": 800, "accuracy": accuracy} for name, accuracy in models.OFFLINE.items()}
    settings = MonitorSettings.model_validate(
        {"source": source, "classes": {"urgent": {"min_recall": 0.80}}, "model_versions": offline}
    )
    return Judges(build_checks(settings), advice_policy(settings))


def run(stories: Iterable[Story], effects: Sequence[Effect], seeds: int, half: Half) -> Iterable[Outcome]:
    """Every case of the stories."""
    asked = judges()
    for story in stories:
        for effect in effects:
            for seed in range(seeds):
                name = int.from_bytes(story.name.encode()[:8].ljust(8), "big")
                rng = np.random.default_rng([name, len(story.name), effect, seed, half])
                case = story.make(Draws(rng, half, effect))
                yield Outcome(story, effect, seed, play(case, asked, int(rng.integers(SETTLE + 1))))


def _for_real(stories: Sequence[Story], count: int, half: Half) -> Iterable[str]:
    """Some cases through files, the history and the daemon's cycles, against the short way."""
    asked = judges()
    for number, story in enumerate(stories[:: max(len(stories) // max(count, 1), 1)][:count]):
        made = story.make(Draws(np.random.default_rng([number, half]), half, Effect.MIDDLE))
        case = replace(made, has_text=False, tokens=(), overlaps=())
        with tempfile.TemporaryDirectory() as folder:
            real = play_for_real(case, Path(folder), 2)
        yield f"for real: {story.name}: {real}, the short way: {play(case, asked, 2).answer}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Shares of the outcomes: right, acceptable, abstained; mean harm; wrong fine-tunes."""
    n = max(len(outcomes), 1)
    shares = (
        sum(outcome.is_best for outcome in outcomes) / n,
        sum(outcome.is_acceptable for outcome in outcomes) / n,
        sum(outcome.told.answer == ABSTAIN for outcome in outcomes) / n,
    )
    harm = sum(outcome.harm for outcome in outcomes) / n
    tuned = sum(outcome.told.answer == "fine_tune" and not outcome.is_acceptable for outcome in outcomes)
    return " | ".join((*(f"{share:.0%}" for share in shares), f"{harm:.2f}", str(tuned)))


def print_tables(outcomes: Sequence[Outcome], quiet_logs: Sequence[Told]) -> None:
    """Markdown: by size of effect, and by story at the middle size."""
    print("| effect | cases | top-1 | acceptable | abstains | mean harm | wrong fine-tunes |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for effect in Effect:
        of_size = [outcome for outcome in outcomes if outcome.effect is effect]
        if of_size:
            print(f"| {effect.name.lower()} | {len(of_size)} | {summary(of_size)} |")
    answers = Counter(told.answer for told in quiet_logs)
    said = ", ".join(f"{name} {n}" for name, n in answers.most_common())
    print(f"\n{len(quiet_logs)} quiet logs: {said}.\n")
    print("| story | right | acceptable by effect (small, middle, large) | what was told at the middle size |")
    print("| --- | --- | --- | --- |")
    for story in dict.fromkeys(outcome.story for outcome in outcomes):
        print(_line(story, [outcome for outcome in outcomes if outcome.story is story]))


def _line(story: Story, outcomes: Sequence[Outcome]) -> str:
    by_size = []
    for effect in Effect:
        of_size = [outcome.is_acceptable for outcome in outcomes if outcome.effect is effect]
        by_size.append(f"{sum(of_size) / len(of_size):.0%}" if of_size else "")
    middle = Counter(outcome.told.answer for outcome in outcomes if outcome.effect is Effect.MIDDLE)
    told = ", ".join(f"{name} {n}" for name, n in middle.most_common())
    twin = "↳ " if story.twin else ""
    return f"| {twin}{story.name} | `{story.best}` | {', '.join(by_size)} | {told} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=[half.name.lower() for half in Half], default="reported")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--effect", choices=[effect.name.lower() for effect in Effect])
    parser.add_argument("--quiet", type=int, default=50, help="quiet logs")
    parser.add_argument("--only", default="", help="stories whose name holds this")
    parser.add_argument("--real", type=int, default=0, help="cases played through files, history and cycles too")
    parser.add_argument("--verbose", action="store_true", help="say of each wrong answer why it was given")
    add_write(parser)
    chosen = parser.parse_args(arguments)
    half = Half[chosen.half.upper()]
    effects = [Effect[chosen.effect.upper()]] if chosen.effect else list(Effect)
    stories = [story for story in STORIES if chosen.only in story.name]
    outcomes = list(run(stories, effects, chosen.seeds, half))
    asked = judges()
    told = [play(quiet.case(np.random.default_rng([7, seed, half]), half), asked, 0) for seed in range(chosen.quiet)]
    with table("advice", write=chosen.write):
        print_tables(outcomes, told)
    for line in _for_real(stories, chosen.real, half):
        print(line)
    for outcome in outcomes if chosen.verbose else ():
        if not outcome.is_acceptable:
            reasons = outcome.told.advice.reasons if outcome.told.advice else ("nothing alarmed",)
            print(f"\n{outcome.story.name} {outcome.effect.name} {outcome.seed}: {outcome.told.answer}")
            print("\n".join(f"   {reason}" for reason in reasons))


if __name__ == "__main__":
    main()
