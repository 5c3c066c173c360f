"""False alarms and delays of other monitors' rules, on the streams of `bench.alarms.rates`.

    python -m bench.alarms.rates_of_peers --years 40 --reps 40      # needs bench/requirements.txt

Each peer has two settings, one for its three quality metrics and one for latency. They are as shipped, or tuned to the
loosest that keeps to a rate of false incidents on healthy years: `--rate` in all, with four fifths for quality.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from bench.alarms.peer_rules import PEERS, Peer, Signal, alarms, latency_signals, quality_signals
from bench.alarms.playing import WARM_UP
from bench.alarms.rate_tables import summary
from bench.alarms.scenarios import (
    CALM,
    CHANGES,
    WATCHED,
    WEEKENDS,
    Change,
    changed_stream,
    healthy_stream,
    incidents,
    onset,
)
from bench.tables import add_write, table

QUALITY, LATENCY = 0.8, 0.2  # parts of the rate

Calm = Sequence[Sequence[Signal]]


def rate(peer: Peer, calm: Calm, setting: float) -> float:
    """False incidents a year."""
    counted = [incidents(h for h in alarms(peer, year, setting) if h >= WARM_UP) for year in calm]
    return float(np.mean([len(year) for year in counted]))


def tuned(peer: Peer, calm: Calm, target: float) -> float:
    """The loosest setting that keeps to the target, by bisection: stricter settings alarm less; else the strictest."""
    low, high = 0, len(peer.grid) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if rate(peer, calm, peer.grid[middle]) <= target else (middle + 1, high)
    return peer.grid[low]


def delay(peer: Peer, signals: Sequence[Signal], setting: float, seed: int) -> float:
    """Days until the first alarm after the onset."""
    began = onset(seed)
    after = [hour for hour in alarms(peer, signals, setting) if began < hour <= began + WATCHED]
    return (min(after) - began) / 24 if after else np.inf


def main() -> None:
    """Print the table in Markdown, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=40, help="healthy years to tune on")
    parser.add_argument("--reps", type=int, default=40, help="onsets of each change")
    parser.add_argument("--rate", type=float, nargs="+", default=[1.0], help="false incidents a year to tune to")
    add_write(parser)
    chosen = parser.parse_args()
    calm = [healthy_stream(CALM[0], seed) for seed in range(chosen.years)]
    quality, latency = [quality_signals(stream) for stream in calm], [latency_signals(stream) for stream in calm]
    onsets = {change: [_signals(change, seed) for seed in range(chosen.reps)] for change in CHANGES}
    hard = [quality_signals(healthy_stream(WEEKENDS[0], seed)) for seed in range(chosen.years // 2)]
    names = " | ".join(change.name for change in CHANGES)
    settings = {}
    for peer in PEERS:
        settings[peer, "as shipped"] = peer.shipped, peer.shipped
        for target in chosen.rate:
            pair = tuned(peer, quality, QUALITY * target), tuned(peer, latency, LATENCY * target)
            settings[peer, f"{target:g} a year"] = pair
    with table("alarms_of_peers", write=chosen.write):
        print(f"| peer | tuned to | settings | false incidents a year | {names} |")
        print("|" + " --- |" * (4 + len(CHANGES)), flush=True)
        for (peer, name), (of_quality, of_latency) in settings.items():
            rates = rate(peer, quality, of_quality), rate(peer, latency, of_latency)
            row = []
            for change, streams in onsets.items():
                setting = of_latency if change.latency else of_quality
                row.append(summary([delay(peer, s, setting, seed) for seed, s in enumerate(streams)]))
            told = f"{of_quality:.3g}, {of_latency:.3g} | {rates[0]:.2f} + {rates[1]:.2f}"
            print(f"| {peer.name} | {name} | {told} |", " | ".join(row), "|", flush=True)
    print()
    with table("alarms_of_peers_weekends", write=chosen.write):
        print("| peer | tuned to | false incidents of quality a year, with hard weekends |\n| --- | --- | --- |")
        for (peer, name), (of_quality, _) in settings.items():
            print(f"| {peer.name} | {name} | {rate(peer, hard, of_quality):.2f} |", flush=True)


def _signals(change: Change, seed: int) -> list[Signal]:
    stream = changed_stream(change, seed)
    return latency_signals(stream) if change.latency else quality_signals(stream)


if __name__ == "__main__":
    main()
