"""What is known of the labels themselves: how late they come, and how many are corrected."""

from typing import Final

from monitor.history.views.view import DAY_KEYS, View

# The counts of a bucket are in one value (`monitor.history.packed`), which each engine reads in its own way.
_HEX: Final = "(INSTR('0123456789ABCDEF', SUBSTR({0}, {1}, 1)) - 1)"


def _of_hex(text: str, size: int) -> str:
    """A whole number of so many bytes, lowest first, of which `text` is the hexadecimal form."""
    digits = []
    for byte in range(size):
        high, low = (_HEX.format(text, 2 * byte + place) for place in (1, 2))
        digits.append(f"{256**byte} * (16 * {high} + {low})")
    return " + ".join(digits)


def _of_bytes(packed: str, first: str, size: int) -> str:
    return " + ".join(f"CAST(GET_BYTE({packed}, {first} + {byte}) AS BIGINT) * {256**byte}" for byte in range(size))


# Equal pairs are counted as the bytes that they are, and read once: SQLite reads a number digit by digit.
_WEEK: Final = "(c.bucket - 345600) / 604800 * 604800 + 345600"

# Equal pairs are counted as the bytes that they are, and read once: SQLite reads a number digit by digit.
_SQLITE: Final = f"""
        WITH RECURSIVE places(i) AS (
            SELECT 0 UNION ALL SELECT i + 1 FROM places WHERE i < (SELECT MAX(LENGTH(counts)) / 6 - 1 FROM delay_cells)
        ), pieces AS (
            SELECT c.monitor_id, {_WEEK} AS week, HEX(SUBSTR(c.labels, 4 * p.i + 1, 4)) AS label,
                   SUBSTR(c.counts, 6 * p.i + 1, 6) AS pair, COUNT(*) AS times
            FROM delay_cells c
            CROSS JOIN places p ON 4 * p.i < LENGTH(c.labels)
            GROUP BY 1, 2, 3, 4
        ), pairs AS (
            SELECT monitor_id, week, {_of_hex("label", 4)} AS label_id, {_of_hex("SUBSTR(HEX(pair), 1, 4)", 2)} AS bin,
                   ({_of_hex("SUBSTR(HEX(pair), 5)", 4)}) * times AS n
            FROM pieces
        )"""  # noqa: S608 - made of constants
_POSTGRESQL: Final = f"""
        WITH pairs AS (
            SELECT c.monitor_id, {_WEEK} AS week, {_of_bytes("c.labels", "4 * p.i", 4)} AS label_id,
                   {_of_bytes("c.counts", "6 * p.i", 2)} AS bin, {_of_bytes("c.counts", "6 * p.i + 2", 4)} AS n
            FROM delay_cells c
            CROSS JOIN LATERAL generate_series(0, LENGTH(c.labels) / 4 - 1) AS p(i)
        )"""  # noqa: S608 - made of constants

# A bin is never under zero: the shortest delay counts as one second.
_HOURS: Final = "POWER(CAST(1.1 AS DOUBLE PRECISION), {0} + 0.5) / 3600"
_BY_CLASS: Final = f""", sums AS (
            SELECT monitor_id, week, label_id, bin, SUM(n) AS n FROM pairs GROUP BY monitor_id, week, label_id, bin
        ), ranked AS (
            SELECT monitor_id, week, label_id, bin,
                   SUM(n) OVER (PARTITION BY monitor_id, week, label_id ORDER BY bin) AS upto,
                   SUM(n) OVER (PARTITION BY monitor_id, week, label_id) AS total
            FROM sums
        )
        SELECT m.name AS monitor, {{day:r.week}} AS week, c.name AS class,
               {_HOURS.format("MIN(CASE WHEN r.upto * 100 >= r.total * 50 THEN r.bin END)")} AS p50_hours,
               {_HOURS.format("MIN(CASE WHEN r.upto * 100 >= r.total * 90 THEN r.bin END)")} AS p90_hours,
               {_HOURS.format("MAX(r.bin)")} AS longest_hours, {{count:MAX(r.total)}} AS n
        FROM ranked r
        JOIN monitors m ON m.id = r.monitor_id
        JOIN classes c ON c.id = r.label_id
        GROUP BY m.name, r.week, c.name"""  # noqa: S608 - made of constants

LABELS: Final = (
    View(
        "label_delays",
        "How late labels came, by UTC week of the predictions and class.",
        {
            "monitor": "Name of the monitor.",
            "week": "Monday that the UTC week of the predictions begins with.",
            "class": "True class: the label.",
            "p50_hours": "Median delay of the first label in hours, within 5%.",
            "p90_hours": "90th percentile in hours.",
            "longest_hours": "Longest in hours.",
            "n": "Labelled predictions of the class.",
        },
        _SQLITE + _BY_CLASS,
        _POSTGRESQL + _BY_CLASS,
    ),
    View(
        "label_corrections",
        "Labels that named another class at first, by UTC day of the predictions.",
        DAY_KEYS
        | {
            "n": "Labelled predictions whose label was corrected.",
            "n_labelled": "Labelled predictions.",
            "share": "Corrected / labelled.",
        },
        """
        WITH corrected AS (
            SELECT monitor_id, bucket / 86400 * 86400 AS day, SUM(n) AS n
            FROM problem_cells
            WHERE kind = 'corrected_label' AND bucket >= 0
            GROUP BY monitor_id, bucket / 86400 * 86400
        ), labelled AS (
            SELECT s.monitor_id, c.day, SUM(c.n) AS n
            FROM outcome_days c
            JOIN slices s ON s.id = c.slice_id
            WHERE c.label_id <> 0
            GROUP BY s.monitor_id, c.day
        )
        SELECT m.name AS monitor, {day:t.day} AS day, {count:COALESCE(c.n, 0)} AS n, {count:t.n} AS n_labelled,
               CAST(COALESCE(c.n, 0) AS DOUBLE PRECISION) / t.n AS share
        FROM labelled t
        JOIN monitors m ON m.id = t.monitor_id
        LEFT JOIN corrected c ON c.monitor_id = t.monitor_id AND c.day = t.day""",
    ),
)
