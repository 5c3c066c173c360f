"""Makes a log with a topic that was never seen before, out of one without.

    python -m bench.alarms.held_back FROM TO --words 'disposable|virtual' --share 0.2 --days 3

FROM has predictions.parquet and labels.parquet. Messages with the words are held back: where there were any, other
messages stand in TO, with their answers. In the last days, a share of all messages are held-back ones, and nobody has
labelled them yet.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

ABOUT_THE_MESSAGE: Final = ["text", "predicted", "confidence", "prompt_tokens", "completion_tokens"]
"""Columns that go with a message; times, versions and latencies stay where they are."""


def hold_back(predictions: pd.DataFrame, words: str, share: float, days: float, seed: int = 0) -> pd.Series:
    """Rewrite the messages in place; returns which rows were given a held-back message."""
    random = np.random.default_rng(seed)
    columns = [name for name in ABOUT_THE_MESSAGE if name in predictions]
    held = predictions["text"].str.contains(words, case=False, regex=True)
    topic, others = predictions.loc[held, columns], predictions.loc[~held, columns]
    predictions.loc[held, columns] = others.sample(int(held.sum()), replace=True, random_state=random).to_numpy()
    late = predictions["ts"] > predictions["ts"].max() - pd.Timedelta(days=days)
    chosen = late & (random.random(len(predictions)) < share)
    predictions.loc[chosen, columns] = topic.sample(int(chosen.sum()), replace=True, random_state=random).to_numpy()
    return pd.Series(chosen)


def main() -> None:
    """Write the changed log."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--words", default="disposable|virtual", help="pattern of the messages that are held back")
    parser.add_argument("--share", type=float, default=0.2, help="part of the last days' messages that are replaced")
    parser.add_argument("--days", type=float, default=3, help="how many last days")
    wanted = parser.parse_args()
    predictions = pd.read_parquet(wanted.source / "predictions.parquet")
    labels = pd.read_parquet(wanted.source / "labels.parquet")
    new = hold_back(predictions, wanted.words, wanted.share, wanted.days)
    wanted.target.mkdir(parents=True, exist_ok=True)
    predictions.to_parquet(wanted.target / "predictions.parquet")
    unlabelled = labels["prediction_id"].isin(predictions.loc[new, "prediction_id"])
    labels[~unlabelled].to_parquet(wanted.target / "labels.parquet")
    print(f"{int(new.sum())} of {len(predictions)} messages replaced")


if __name__ == "__main__":
    main()
