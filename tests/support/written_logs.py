"""One small log, known to the last row, as a hundred writers would write it."""

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

START = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = 240
CLASSES = ("billing", "delivery", "réclamé", "urgent")
PREDICTIONS = ("id", "at", "predicted", "text", "confidence", "latency_ms")
LABELS = ("id", "label", "labelled_at")
PREDICTION_COLUMNS = PredictionColumns(
    id="id", at="at", predicted="predicted", text="text", confidence="confidence", latency_ms="latency_ms"
)
LABEL_COLUMNS = LabelColumns(id="id", label="label", at="labelled_at")

Row = dict[str, Any]
Figures = Counter[tuple[int, str, str | None]]


@dataclass(frozen=True)
class Rows:
    """The log: predictions in order of time, and labels."""

    predictions: list[Row]
    labels: list[Row]

    def figures(self) -> Figures:
        """Predictions by hour (epoch seconds), class and label: what every reading must come to."""
        labels = {row["id"]: row["label"] for row in self.labels}
        return Counter(
            (int(row["at"].timestamp()) // 3600 * 3600, row["predicted"], labels.get(row["id"]))
            for row in self.predictions
        )


@dataclass(frozen=True)
class Place:
    """Where a writer writes; `postgres` is the URL of an empty database."""

    folder: Path
    postgres: Callable[[], str]

    def file(self, name: str, content: bytes | str) -> None:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)

    def files(self, predictions: str, labels: str = "labels.csv", encoding: str | None = None) -> SourceSettings:
        """The settings for files here."""
        return SourceSettings(
            predictions=PredictionRelation(
                files=(str(self.folder / predictions),), columns=PREDICTION_COLUMNS, encoding=encoding
            ),
            labels=LabelRelation(files=(str(self.folder / labels),), columns=LABEL_COLUMNS, encoding=encoding),
        )


Writer = Callable[[Place], tuple[SourceSettings, Rows]]


def make_rows(classes: Sequence[str] = CLASSES, text: str = 'said "help", {i}; now') -> Rows:
    """Return the same log each time; the message has a quote, a comma and a semicolon in it."""
    rng = random.Random(5)
    predictions, labels = [], []
    for i in range(ROWS):
        at = START + timedelta(seconds=i * 177 + rng.randrange(100), milliseconds=rng.randrange(1000))
        truth = rng.choices(classes, (45, 30, 15, 10))[0]
        predicted = truth if rng.random() < 0.9 else rng.choice(classes)
        predictions.append(
            {
                "id": 100_000 + i,
                "at": at,
                "predicted": predicted,
                "text": text.replace("{i}", str(i)),
                "confidence": round(rng.random(), 4),
                "latency_ms": round(rng.uniform(50, 900), 1),
            }
        )
        if rng.random() < 0.6:
            labels.append({"id": 100_000 + i, "label": truth, "labelled_at": at + timedelta(hours=rng.uniform(1, 9))})
    return Rows(predictions, labels)


def plain(value: object) -> object:
    """A time as ISO 8601, anything else as it is."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def csv_text(rows: Iterable[Row], names: Sequence[str], header: Sequence[str] | None = None, **how: Any) -> str:  # noqa: ANN401
    """Rows as CSV, as Python's writer makes it."""
    out = io.StringIO()
    writer = csv.writer(out, **({"lineterminator": "\n"} | how))
    writer.writerow(header or names)
    writer.writerows([plain(row[name]) for name in names] for row in rows)
    return out.getvalue()


def json_lines(rows: Iterable[Row], names: Sequence[str], **how: Any) -> list[str]:  # noqa: ANN401
    """Rows as JSON, one each."""
    return [json.dumps({name: plain(row[name]) for name in names}, **how) for row in rows]


WRITERS: dict[str, Writer] = {}


def _both(
    suffix: str,
    write: Callable[[list[Row], Sequence[str]], bytes | str],
    *,
    encoding: str | None = None,
    **rows: Any,  # noqa: ANN401
) -> Writer:
    """A writer that writes predictions and labels alike."""

    def writer(place: Place) -> tuple[SourceSettings, Rows]:
        log = make_rows(**rows)
        place.file(f"predictions{suffix}", write(log.predictions, PREDICTIONS))
        place.file(f"labels{suffix}", write(log.labels, LABELS))
        return place.files(f"predictions{suffix}", f"labels{suffix}", encoding), log

    return writer


def _csv(name: str, edit: Callable[[str], bytes | str] = str, suffix: str = ".csv", **how: Any) -> None:  # noqa: ANN401
    rows = {key: how.pop(key) for key in ("classes", "text", "encoding") if key in how}
    WRITERS[f"csv: {name}"] = _both(suffix, lambda r, n: edit(csv_text(r, n, **how)), **rows)


def _json(name: str, edit: Callable[[list[str]], bytes | str], suffix: str = ".jsonl", **how: Any) -> None:  # noqa: ANN401
    rows = {key: how.pop(key) for key in ("classes", "text", "encoding") if key in how}
    WRITERS[f"json: {name}"] = _both(suffix, lambda r, n: edit(json_lines(r, n, **how)), **rows)


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _alternating(text: str) -> str:
    ends = ("\n", "\r\n", "\r")
    return "".join(line + ends[i % 3] for i, line in enumerate(text.splitlines()))


def _line(number: int, change: Callable[[str], str]) -> Callable[[str], str]:
    def edit(text: str) -> str:
        lines = text.split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines)

    return edit


def _latin_below(text: str) -> bytes:
    lines = text.splitlines(keepends=True)
    half = len(lines) // 2
    return "".join(lines[:half]).encode() + "".join(lines[half:]).encode("latin-1")


SIMPLE = "message {i}"
GREEK, POLISH = ("επείγον", "παράδοση", "επιστροφή", "λογαριασμός"), ("pilne", "zwrot", "dostawa", "zażalenie")
RUSSIAN, JAPANESE = ("срочно", "доставка", "возврат", "счёт"), ("緊急", "配達", "返品", "請求")
CHINESE, KOREAN = ("紧急", "配送", "退货", "账单"), ("긴급", "배송", "반품", "청구")

_csv("plain")
_csv("carriage return and line feed", lineterminator="\r\n")
_csv("carriage return only", lineterminator="\r")
_csv("three line ends in one file", _alternating)
_csv("a header that ends otherwise", lambda text: text.replace("\n", "\r\n", 1))
_csv("one line that ends otherwise", _line(70, lambda line: line + "\r"))
_csv("every field in quotes", quoting=csv.QUOTE_ALL)
_csv("text in quotes", quoting=csv.QUOTE_NONNUMERIC)
_csv("no quotes at all", quoting=csv.QUOTE_NONE, text=SIMPLE)
_csv("quotes escaped by a backslash", doublequote=False, escapechar="\\", quoting=csv.QUOTE_MINIMAL)
_csv("every field in quotes, escaped by a backslash", doublequote=False, escapechar="\\", quoting=csv.QUOTE_ALL)
_csv("quotes not escaped", lambda text: text.replace('""', '"'), quoting=csv.QUOTE_MINIMAL)
_csv("a quote within a plain field", text='a 5" screen {i}', quoting=csv.QUOTE_NONE, quotechar="'")
_csv("one quote that is never closed", _line(70, lambda line: line.replace("message", '"message')), text=SIMPLE)
_csv("one quote too many", _line(70, lambda line: line.replace('""help', '"""help')))
_csv("one backslash and quote", _line(70, lambda line: line.replace('""help""', '\\"help\\"')))
_csv("line breaks in messages", text="one\ntwo, {i}\n\nthree")
_csv("other line breaks in messages", text="one\r\ntwo, {i}")
_csv(
    "line breaks in messages, and one bad quote",
    _line(1, lambda line: line.replace("one", 'o"ne')),
    text="one\ntwo {i}",
)
_csv("records in messages", text='copied: "a",b,c,d,e,f\n1,2,3,4,5,{i}')
_csv("a byte order mark", lambda text: text.encode("utf-8-sig"))
_csv("a byte order mark before quotes", lambda text: text.encode("utf-8-sig"), quoting=csv.QUOTE_ALL)
_csv("UTF-16", lambda text: text.encode("utf-16"))
_csv("UTF-16, big end first", lambda text: b"\xfe\xff" + text.encode("utf-16-be"))
_csv("UTF-16 without a mark", lambda text: text.encode("utf-16-le"))
_csv("UTF-32", lambda text: text.encode("utf-32"))
_csv("UTF-16 with tabs, as Excel saves", lambda text: text.encode("utf-16"), delimiter="\t", lineterminator="\r\n")
_csv("latin-1", lambda text: text.encode("latin-1"))
_csv("windows-1252", lambda text: text.encode("cp1252"), text="it\u2019s \u201cfine\u201d \u2013 really\u2026 {i}")
_csv("latin-1 below UTF-8", _latin_below)
_csv("windows-1250", lambda text: text.encode("cp1250"), classes=POLISH, text="proszę o pomoc, dziękuję {i}")
_csv("windows-1251", lambda text: text.encode("cp1251"), classes=RUSSIAN, text="где мой заказ {i}")
_csv("windows-1253", lambda text: text.encode("cp1253"), classes=GREEK, text="πού είναι η παραγγελία μου {i}")
_csv("KOI8-R", lambda text: text.encode("koi8-r"), classes=RUSSIAN, text="где мой заказ {i}")
_csv("Shift JIS", lambda text: text.encode("shift_jis"), classes=JAPANESE, text="注文はどこですか {i}")
_csv("GB 18030", lambda text: text.encode("gb18030"), classes=CHINESE, text="我的订单在哪里 {i}")
_csv("EUC-KR", lambda text: text.encode("euc_kr"), classes=KOREAN, text="제 주문은 어디에 있나요 {i}")
_csv("windows-1250, which is set", lambda text: text.encode("cp1250"), classes=POLISH, encoding="cp1250")
_csv("Shift JIS, which is set", lambda text: text.encode("shift_jis"), classes=JAPANESE, encoding="shift_jis")
_csv("GB 18030, which is set", lambda text: text.encode("gb18030"), classes=CHINESE, encoding="gb18030")
_csv("EUC-KR, which is set", lambda text: text.encode("euc_kr"), classes=KOREAN, encoding="euc_kr")
_csv("code page 437, which is set", lambda text: text.encode("cp437"), encoding="cp437")
_csv("code page 437, which is not set", lambda text: text.encode("cp437"))
_csv("UTF-7, which is set", lambda text: text.encode("utf-7"), encoding="utf-7")
_csv("semicolons", delimiter=";")
_csv("tabs", delimiter="\t", suffix=".tsv")
_csv("bars", delimiter="|")
_csv("control A, as Hive writes", delimiter="\x01", suffix=".txt")
_csv("carets", delimiter="^")
_csv("a line that names the delimiter", lambda text: "sep=;\n" + text, delimiter=";")
_csv("blank lines before the header", lambda text: "\n\n" + text)
_csv("blank lines between", lambda text: text.replace("\n", "\n\n"))
_csv("a space before quotes", lambda text: text.replace(',"', ', "'))
_csv("the header twice", lambda text: text + text.splitlines()[0] + "\n")
_csv("no line end at the end", lambda text: text.rstrip("\n"))
_csv("a line half written", lambda text: text + text.splitlines()[1][:14])
_csv("a line half written within quotes", lambda text: text + '1,2026-03-01T00:00:00Z,"urg')
_csv("a NUL in messages", text="a\0b {i}")
_csv("NULs at the end, as a crash leaves them", lambda text: text + "\0" * 4096)
_csv("a short line and a long one", lambda text: text + "1,2\n1,2,3,4,5,6,7,8\n")
_csv("a message of 100 kB", text="x" * 100_000 + "{i}")
_csv("gzip", lambda text: gzip.compress(text.encode()), suffix=".csv.gz")
_csv(
    "gzip in two members",
    lambda text: gzip.compress(text[:999].encode()) + gzip.compress(text[999:].encode()),
    ".csv.gz",
)
_csv("gzip whose name does not say so", lambda text: gzip.compress(text.encode()))
_csv("plain where the name says gzip", suffix=".csv.gz")
_csv("zstd", lambda text: zstd.compress(text.encode()), suffix=".csv.zst")
_csv("bzip2", lambda text: bz2.compress(text.encode()), suffix=".csv.bz2")
_csv("xz", lambda text: lzma.compress(text.encode()), suffix=".csv.xz")
_csv("gzip of latin-1", lambda text: gzip.compress(text.encode("latin-1")), suffix=".csv.gz")
_csv("called .log", suffix=".log")
_csv("without an extension", suffix="")
_csv("a header in capitals", lambda text: text.partition("\n")[0].upper() + "\n" + text.partition("\n")[2])
_csv("spaces in the header", lambda text: text.replace(",", " , ", 2))

_json("plain", _lines)
_json("letters as they are", _lines, ensure_ascii=False)
_json("a byte order mark", lambda lines: _lines(lines).encode("utf-8-sig"))
_json("carriage return and line feed", "\r\n".join)
_json("carriage return only", "\r".join)
_json("UTF-16", lambda lines: _lines(lines).encode("utf-16"), ensure_ascii=False)
_json("latin-1", lambda lines: _lines(lines).encode("latin-1"), ensure_ascii=False)
_json(
    "windows-1251", lambda lines: _lines(lines).encode("cp1251"), ensure_ascii=False, classes=RUSSIAN, text="где заказ"
)
_json("half a surrogate in messages", _lines, text="smile \ud83d {i}")
_json("half a surrogate in one message", lambda lines: _lines(lines).replace('"said', '"\\ud83d said', 1))
_json("a NUL in messages", lambda lines: _lines(lines).replace("said", "sa\0id"))
_json("an array", lambda lines: "[" + ", ".join(lines) + "]", suffix=".json")
_json("an array, a row a line", lambda lines: "[\n" + ",\n".join(lines) + "\n]\n", suffix=".json")
_json("an array, indented", lambda lines: json.dumps(list(map(json.loads, lines)), indent=2), suffix=".json")
_json("an array, compressed", lambda lines: gzip.compress(("[" + ",".join(lines) + "]").encode()), suffix=".json.gz")
_json("indented objects", lambda lines: "\n".join(json.dumps(json.loads(line), indent=4) for line in lines))
_json("objects without anything between", "".join)
_json(
    "two objects a line",
    lambda lines: _lines([a + b for a, b in zip(lines[::2], lines[1::2], strict=False)] + lines[len(lines) // 2 * 2 :]),
)
_json("a comma behind each", ",\n".join)
_json("record separators", lambda lines: "".join(f"\x1e{line}\n" for line in lines))
_json("blank lines between", "\n\n".join)
_json("a line half written", lambda lines: _lines(lines) + lines[0][:30])
_json("lines of something else", lambda lines: "started\n" + "\nWARN retry {\n".join(lines) + "\n")
_json("nested keys beside", lambda lines: _lines([line[:-1] + ', "meta": {"id": 7, "at": [1]}}' for line in lines]))
_json(
    "keys in capitals",
    lambda lines: _lines([line.replace('"predicted"', '"Predicted"').replace('"label"', '"LABEL"') for line in lines]),
)
_json(
    "keys in capitals from the middle on",
    lambda lines: _lines(
        [
            *lines[:90],
            *(line.replace('"predicted"', '"Predicted"').replace('"label"', '"Label"') for line in lines[90:]),
        ]
    ),
)
_json("a key twice", lambda lines: _lines([line[:-1] + ', "note": 1, "note": 2}' for line in lines]))
_json("not a number", lambda lines: _lines([line[:-1] + ', "score": NaN}' for line in lines]))
_json(
    "ids in quotes",
    lambda lines: _lines([line.replace('"id": ', '"id": "').replace(', "', '", "', 1) for line in lines]),
)
_json("a message of 100 kB", _lines, text="x" * 100_000 + "{i}")
_json("gzip", lambda lines: gzip.compress(_lines(lines).encode()), suffix=".jsonl.gz")
_json("zstd", lambda lines: zstd.compress(_lines(lines).encode()), suffix=".jsonl.zst")
_json("xz", lambda lines: lzma.compress(_lines(lines).encode()), suffix=".jsonl.xz")
_json("called .log", _lines, suffix=".log")
_json("called .json", _lines, suffix=".json")
_json("rotated as .log.1", _lines, suffix=".log.1")
