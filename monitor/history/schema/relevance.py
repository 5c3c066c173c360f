"""Relevance scores: what people and judges thought of the answers."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Table, Text

from monitor.history.schema.base import METADATA

RELEVANCE_SOURCES: Final = Table(
    "relevance_sources",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the source."),
    Column("name", Text, nullable=False, unique=True, comment="Name, as in the log; empty where the log names none."),
    comment="Who or what scored relevance: thumbs, a reviewer, a judge with its version.",
)


def _key(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False, comment=comment)


RELEVANCE_CELLS: Final = Table(
    "relevance_cells",
    METADATA,
    _key("monitor_id", "Key in `monitors`."),
    Column(
        "bucket",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Start of the bucket in epoch seconds (UTC).",
    ),
    _key("version_id", "Key in `versions`."),
    _key("predicted_id", "Predicted class: key in `classes`."),
    _key("source_id", "Key in `relevance_sources`."),
    Column(
        "bin",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment="floor(10 * score): 0 to 9, and 10 for the score 1 alone.",
    ),
    Column("n", Integer, nullable=False, comment="Scored answers."),
    Column("score_millionths", BigInteger, nullable=False, comment="Sum of their scores in millionths."),
    Column("square_millionths", BigInteger, nullable=False, comment="Sum of the squares of those in millionths."),
    sqlite_with_rowid=False,
    comment="Scored answers by bucket, versions, predicted class, source and score; read them as `bucket_relevance`.",
)
