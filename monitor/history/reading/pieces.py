"""Pieces of time in statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, case, literal_column
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from monitor.history.spans import Span


def piece_of(bucket: ColumnElement[int], pieces: Sequence[Span]) -> ColumnElement[int]:
    """Number of the piece that a bucket lies in."""
    return case(*((bucket < piece.end, literal_column(str(number))) for number, piece in enumerate(pieces)))


def within(columns: ReadOnlyColumnCollection[str, Column[Any]], part: Span) -> tuple[ColumnElement[bool], ...]:
    """Conditions that the bucket of a row lies in a span."""
    return columns.bucket >= part.start, columns.bucket < part.end
