"""How a CSV file is read: as it is where DuckDB understands all of it, else rewritten."""

from dataclasses import replace

from monitor.log.files.content import Compression, Content
from monitor.log.files.examiner import ExaminationError
from monitor.log.files.in_question import FileInQuestion, matched, with_counts
from monitor.log.files.lines import begins_as_utf_8, find_encoding
from monitor.log.files.pieces import TEXT, CsvScan, Piece, Source
from monitor.log.files.rewriting import EXAMPLES, header_of, rewrite_csv


def csv_piece(file: FileInQuestion, content: Content) -> Piece:
    """Return how to read it.

    Raises SkipError if it cannot be read.
    """
    header = header_of(file.name, content, file.wanted.names)
    if header is None and content.encoding is None:
        return Piece(file.name, (), headless=True)
    if header is not None and _is_plain(file, content):
        scan = CsvScan(header.delimiter, header.names, content.compression)
        found = matched(file.wanted.names or header.names, header.names)
        try:
            check = file.examiner.check_csv(scan, file.name, found.get(file.wanted.time))
        except ExaminationError:
            pass
        else:
            if check.only_short and not check.headers:
                bad = len(check.bad_lines)
                return Piece(
                    file.name,
                    header.names,
                    Source(scan, file.name, {name: (column, TEXT) for name, column in found.items()}),
                    lines=check.rows + bad,
                    malformed=bad,
                    bad_lines=check.bad_lines[:EXAMPLES],
                )
    return _rewritten_csv(file, content)


def _is_plain(file: FileInQuestion, content: Content) -> bool:
    """Whether DuckDB may understand the file as it is: if not, only rewriting helps."""
    odd_start = content.head.lstrip(b"\xef\xbb\xbf").lower().startswith((b"sep=", b"\r", b"\n"))
    return (
        content.compression.is_duckdbs
        and content.encoding in {None, "utf-8-sig"}
        and file.encoding is None
        and not odd_start
        and begins_as_utf_8(file.name, content)  # else DuckDB would reject most lines, and hold them all in memory
    )


def _rewritten_csv(file: FileInQuestion, content: Content) -> Piece:
    encoding = find_encoding(file.name, content, file.encoding)
    target = file.copies.new(".csv")
    done = rewrite_csv(file.name, content, encoding, file.wanted, target)
    if not done.columns:
        return Piece(file.name, (), headless=True)
    scan = CsvScan(",", file.wanted.names or done.columns, Compression.NONE)
    source = Source(scan, str(target), {name: (name, TEXT) for name in done.present})
    piece = Piece(file.name, done.columns, source, copies=(str(target),))
    piece = replace(piece, repaired=content.compression.is_duckdbs)
    return with_counts(piece, done, None if encoding.is_plain else encoding.name)
