"""Predictions that count, joined with their labels: the rows that every part of a count groups."""

import math
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from checks.counts.cells import BAND_EDGES, DELAY_BASE, LATENCY_BASE, NO_BAND, SCORE_BINS
from monitor.log.counting.rows import labels_cte
from monitor.log.counts import MILLION
from monitor.log.engines.engine import LogEngine
from monitor.log.mapping.mapped import MappedLog
from monitor.log.mapping.values import NOT_DESIGNED, ZERO, null_of

SHORTEST_DELAY: Final = 1.0  # seconds; shorter and negative delays are counted as this


def log_bin(value: sa.ColumnElement[float], base: float) -> sa.ColumnElement[int]:
    """floor(ln(value) / ln(base)); the value must be above zero."""
    return sa.cast(sa.func.floor(sa.func.ln(value) / sa.literal(math.log(base), sa.Double)), sa.Integer)


def band(confidence: sa.ColumnElement[float]) -> sa.ColumnElement[int]:
    """Number of the confidence band; NO_BAND for NULL."""
    under = ((confidence < sa.literal(edge, sa.Double), number) for number, edge in enumerate(BAND_EDGES))
    return sa.case((confidence.is_(None), NO_BAND), *under, else_=len(BAND_EDGES))


def millionths(confidence: sa.ColumnElement[float]) -> sa.ColumnElement[int]:
    """The nearest whole number of millionths, by arithmetic that is the same on every engine; 0 for NULL."""
    nearest = sa.func.floor(confidence * sa.literal(float(MILLION), sa.Double) + sa.literal(0.5, sa.Double))
    return sa.case((confidence.is_not(None), sa.cast(nearest, sa.BigInteger)), else_=sa.literal(0, sa.BigInteger))


def score_bin(score_millionths: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """floor(10 * score), from whole millionths: 0.3 is in bin 3, though 0.1 * 3 is above it."""
    tenths = sa.cast(score_millionths, sa.Double) / sa.literal(float(MILLION) / SCORE_BINS, sa.Double)
    return sa.cast(sa.func.floor(tenths), sa.Integer)


def joined_cte(log: MappedLog, predictions: sa.CTE, as_of: datetime, engine: LogEngine, *, restrict: bool) -> sa.CTE:
    """The predictions that count, each with its label, weights (0 without a label), bins and confidence band."""
    p = predictions
    kept = p.c.nth == 1
    cleaned = [sa.case((p.c.latency_ms > 0, log_bin(p.c.latency_ms, LATENCY_BASE))).label("latency_bin")]
    if log.predictions.logs_confidence:
        cleaned += [band(p.c.confidence).label("band"), millionths(p.c.confidence).label("millionths")]
    if log.predictions.logs_relevance:
        score = millionths(p.c.relevance)
        cleaned += [
            sa.case((p.c.relevance.is_not(None), score_bin(score))).label("score_bin"),
            score.label("score_millionths"),
            millionths(p.c.relevance * p.c.relevance).label("square_millionths"),
        ]
    if log.labels is None:
        unlabelled = sa.select(
            p, null_of(sa.Text()).label("label"), ZERO.label("weight"), NOT_DESIGNED.label("designed"), *cleaned
        )
        return engine.worked_out(unlabelled.where(kept).cte("joined"))
    found = labels_cte(log.labels, as_of, p if restrict else None, engine)
    delay = found.c.first_epoch - p.c.epoch
    at_least = sa.case((delay > SHORTEST_DELAY, delay), else_=sa.literal(SHORTEST_DELAY, sa.Double))
    labelled = sa.select(
        p,
        found.c.label,
        sa.func.coalesce(found.c.weight, ZERO).label("weight"),
        sa.func.coalesce(found.c.designed, NOT_DESIGNED).label("designed"),
        *cleaned,
        sa.case((found.c.label.is_not(None), log_bin(at_least, DELAY_BASE))).label("delay_bin"),
        (delay < 0).label("early"),
        found.c.corrected,
    ).select_from(p.outerjoin(found, found.c.id == p.c.id))
    return engine.worked_out(labelled.where(kept).cte("joined"))  # DuckDB would join anew for each part
