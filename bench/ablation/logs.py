"""Logs of the worlds, and the windows that the history would make of them."""

from dataclasses import replace

import numpy as np

from bench.ablation.worlds import WARM_UP, Fall, World
from bench.alarms.streams import BUSY, CORRECTED_AFTER, HARD_WEEKEND, WEEKEND, Bot
from checks.counts.cells import BAND_EDGES
from checks.counts.windows import Window, Windows
from tests.support.late_labels import EPOCH, HOUR, MIX, WINDOW, Floats, Ints, Log, labelled, windows

SEED = 11


def healthy(world: World, days: int, seed: int) -> Log:
    """The warm-up, and so many days more of the same bot."""
    rng = np.random.default_rng([SEED, 0, seed])
    log = _answered(world, [(WARM_UP + days, world.bot)], rng, WARM_UP * 24)
    return _labelled(world, log, WARM_UP * 24, rng)


def fallen(world: World, fall: Fall, days: int, seed: int) -> tuple[Log, int]:
    """A bot that gets worse for `days`, or for as long as the fall lasts; with the hour of that, any of a week."""
    rng = np.random.default_rng([SEED, 1, seed])
    onset = WARM_UP * 24 + seed * 37 % WINDOW
    lasts = days if fall.lasts is None else fall.lasts
    worse = fall.bot if fall.bot.last is not None else replace(fall.bot, last=world.bot.last)
    spells = [(onset / 24, world.bot), (lasts, worse), (days - lasts + (fall.lasts or 0), world.bot)]
    return _labelled(world, _answered(world, spells, rng, onset), onset, rng), onset


def seen(world: World, log: Log, now: int, onset: int | None = None) -> Windows:
    """The windows at an hour; a version that began within the current one has a window of its own."""
    there = windows(log, now)
    if not world.new_version or onset is None or onset <= now - WINDOW or onset >= now:
        return there
    since = _since(log, now, onset)
    return replace(there, recent=tuple(sorted((*there.recent, since), key=lambda window: window.start)))


def truth(log: Log, bot: Bot, start: int, end: int) -> tuple[float, float]:
    """Accuracy to be expected of the messages between two hours, and the recall of urgent."""
    begin, stop = np.searchsorted(log.at, (start, end))
    recalls = np.diag(bot.confusion())
    return float(recalls[log.true[begin:stop]].mean()), bot.urgent


def _since(log: Log, now: int, onset: int) -> Window:
    """Counts since an hour: those of the shortest window of a log whose windows are as long."""
    cut = replace(
        log,
        **{
            name: values[log.at >= onset]
            for name in ("at", "predicted", "true", "band", "arrives", "first", "corrected")
            if (values := getattr(log, name)) is not None
        },
    )
    return replace(windows(cut, now).current, start=EPOCH + onset * HOUR)


def _answered(world: World, spells: list[tuple[float, Bot]], rng: np.random.Generator, change: int) -> Log:
    """Predictions without labels; confidences are higher where the bot is right."""
    hours = round(sum(days for days, _ in spells) * 24)
    hour = np.repeat(np.arange(hours), rng.poisson(_pace(world.a_day, hours)))
    at = np.sort(hour + rng.random(hour.size))
    true = rng.choice(MIX.size, at.size, p=MIX)
    if world.hard_weekends:
        true = np.where(_is_weekend(at), rng.choice(MIX.size, at.size, p=HARD_WEEKEND), true)
    if world.mix is not None:
        true = np.where(at >= change, rng.choice(MIX.size, at.size, p=world.mix), true)
    predicted, chance, began = np.zeros(at.size, dtype=np.int64), rng.random(at.size), 0.0
    for days, bot in spells:
        rows = (at >= began) & (at < began + days * 24)
        edges = np.cumsum(bot.confusion(), axis=1)[true[rows]]
        predicted[rows] = np.minimum((chance[rows, None] > edges).sum(axis=1), MIX.size - 1)
        began += days * 24
    confidence = np.where(predicted == true, rng.beta(8, 1, at.size), rng.beta(4, 2, at.size))
    band = np.searchsorted(BAND_EDGES, confidence, side="right")
    return Log(at, predicted, true, band, np.full(at.size, np.inf))


def _pace(a_day: float, hours: int) -> Floats:
    hour = np.arange(hours)
    day = np.where(_is_weekend(hour), WEEKEND, 1.0) * 7 / (5 + 2 * WEEKEND)
    return np.asarray(a_day / 24 * day * (1 - BUSY * np.cos(2 * np.pi * (hour - 3) / 24)))


def _is_weekend(hour: Floats | Ints) -> np.ndarray:
    return np.asarray(hour // 24 % 7 >= 5)  # noqa: PLR2004 - hour 0 is on a Monday


def _labelled(world: World, log: Log, change: int, rng: np.random.Generator) -> Log:
    known = labelled(log, world.before, world.after or world.before, change, rng)
    if not world.wrong:
        return known
    wrong = rng.random(log.at.size) < world.wrong
    first = np.where(wrong, rng.choice(MIX.size, log.at.size, p=MIX), log.true)
    return replace(known, first=first, corrected=np.where(wrong, known.arrives + CORRECTED_AFTER, np.inf))
