"""Random logs in which everything that can be wrong is wrong somewhere, and random things that happen to them."""

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.support.logs import Label, Log, Prediction

START = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = timedelta(hours=30)

_CLASSES = ("urgent", "billing", "Billing", "über", 'a,b "c"\nd', "", None)
_LATENCIES = (0.4, 12.5, 180.0, 950.25, 30_000.0, 0.0, -5.0, math.nan, math.inf, None)
_CONFIDENCES = (0.0, 0.3, 0.5, 0.65, 0.8999999, 0.9, 0.95, 0.99, 1.0, -0.1, 1.5, math.nan, math.inf, None)

_SCORES = (0.0, 0.1, 0.29999999, 0.3, 0.55, 0.6, 0.7, 0.999, 1.0, -0.1, 1.5, math.nan, math.inf, None, None)


def messy_log(rng: random.Random, predictions: int = 40, labels: int = 30) -> Log:
    """Return a log whose first row of each kind is older than all others and in order."""
    log = Log([Prediction(0, START - timedelta(hours=2), "urgent")], [Label("0", "urgent", START - timedelta(hours=1))])
    log.predictions += [prediction(rng) for _ in range(predictions)]
    log.labels += [label(rng) for _ in range(labels)]
    return log


def prediction(rng: random.Random, ids: int = 40) -> Prediction:
    """Return a row that is often odd."""
    return Prediction(
        prediction_id=rng.choice([None, *range(1, ids)]),
        ts=rng.choice([None, *[_time(rng)] * 20]),
        predicted=rng.choice(_CLASSES),
        latency_ms=rng.choice(_LATENCIES),
        model_version=rng.choice(["m1", "m2", None]),
        prompt_version=rng.choice(["v1", "v2"]),
        confidence=rng.choice(_CONFIDENCES),
        channel=rng.choice(["web", "app", None]),
        relevance=rng.choice(_SCORES),
        judge=rng.choice(["thumbs", "judge-v2", None]),
    )


def label(rng: random.Random, ids: int = 45) -> Label:
    """Return a row that is often odd."""
    identity = rng.choice([None, *range(1, ids)])
    return Label(
        prediction_id=None if identity is None else str(identity),
        label=rng.choice(_CLASSES),
        labelled_at=rng.choice([None, *[_time(rng)] * 20]),
        probability=rng.choice([None, 0.5, 0.25, 1.0, 0.0, -1.0, 1.5]),
        who=rng.choice(["anna", "bert", "clara", "", None]),
    )


def happen(log: Log, rng: random.Random) -> str:
    """Let one thing happen to a log: rows come (late or not), are overwritten, or are deleted. Return what it was."""
    what = rng.choice(
        ["predictions", "labels", "both", "overwrite", "score", "relabel", "delete", "unlabel", "nothing"]
    )
    match what:
        case "predictions":
            log.predictions += [prediction(rng) for _ in range(3)]
        case "labels":
            log.labels += [label(rng) for _ in range(3)]
        case "both":
            log.predictions += [prediction(rng)]
            log.labels += [label(rng)]
        case "overwrite":
            i = rng.randrange(1, len(log.predictions))
            log.predictions[i] = replace(log.predictions[i], predicted=rng.choice(_CLASSES), channel="sms")
        case "score":
            i = rng.randrange(1, len(log.predictions))
            log.predictions[i] = replace(log.predictions[i], relevance=rng.choice(_SCORES), judge="reviewer")
        case "relabel":
            i = rng.randrange(1, len(log.labels))
            log.labels[i] = replace(log.labels[i], label=rng.choice(_CLASSES), probability=0.5, who="bert")
        case "delete":
            del log.predictions[rng.randrange(1, len(log.predictions))]
        case "unlabel":
            del log.labels[rng.randrange(1, len(log.labels))]
        case _:
            pass
    return what


def _time(rng: random.Random) -> datetime:
    if rng.random() < 0.2:  # exactly on a bucket's edge, and equal to others
        return START + timedelta(hours=rng.randrange(30))
    return START + timedelta(microseconds=rng.randrange(SPAN // timedelta(microseconds=1)))
