"""What others built on the history in PostgreSQL: views on its views, and indexes. It is set aside and put back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from monitor.history.views.making import run

_DEPENDING: Final = text("""
    WITH RECURSIVE depending AS (
        SELECT c.oid, 0 AS depth
        FROM pg_class c
        WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relname = ANY(:names)
        UNION
        SELECT r.ev_class, d.depth + 1
        FROM depending d
        JOIN pg_depend p ON p.refobjid = d.oid AND p.refclassid = CAST('pg_class' AS regclass)
                        AND p.classid = CAST('pg_rewrite' AS regclass)
        JOIN pg_rewrite r ON r.oid = p.objid
        WHERE r.ev_class <> d.oid
    ), placed AS (
        SELECT oid, MAX(depth) AS depth FROM depending GROUP BY oid
    )
    SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'm' AS materialized,
           pg_get_viewdef(c.oid) AS definition, array_to_string(c.reloptions, ', ') AS options,
           CASE WHEN c.relowner <> CAST(current_user AS regrole) THEN quote_ident(pg_get_userbyid(c.relowner)) END
               AS owner,
           n.nspname = current_schema() AND c.relname = ANY(:views) AS ours, c.relispopulated AS populated,
           ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid)
               || ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t
                        WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
               || ARRAY(SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r
                        WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN')
               || ARRAY(SELECT format('COMMENT ON %s %I.%I IS %L',
                                      CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
                                      n.nspname, c.relname, s.description)
                        FROM pg_description s
                        WHERE s.objoid = c.oid AND s.classoid = CAST('pg_class' AS regclass) AND s.objsubid = 0)
               || ARRAY(SELECT format('COMMENT ON COLUMN %I.%I.%I IS %L',
                                      n.nspname, c.relname, a.attname, s.description)
                        FROM pg_description s
                        JOIN pg_attribute a ON a.attrelid = s.objoid AND a.attnum = s.objsubid
                        WHERE s.objoid = c.oid AND s.classoid = CAST('pg_class' AS regclass) AND s.objsubid > 0)
               AS extras
    FROM placed
    JOIN pg_class c ON c.oid = placed.oid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm')
    ORDER BY placed.depth, c.oid
""")

_INDEXES: Final = text("""
    SELECT format('%I.%I', n.nspname, i.relname) AS name, pg_get_indexdef(i.oid) AS definition
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_index x ON x.indrelid = c.oid
    JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relname = ANY(:names) AND c.relkind = 'r'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid) AND i.relname NOT LIKE 'ix\\_%'
""")


@dataclass(frozen=True, slots=True)
class Dependent:
    """A view that reads the history, with all that it takes to make it again.

    `owner` is None where it is the user of this connection, `ours` says whether the release makes it, `extras` are
    statements for its indexes, triggers, rules and comments.
    """

    name: str
    materialized: bool
    definition: str
    options: str | None
    owner: str | None
    ours: bool
    populated: bool
    extras: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Name of the object in SQL."""
        return "MATERIALIZED VIEW" if self.materialized else "VIEW"


def dependents(connection: Connection, tables: Collection[str], views: Collection[str]) -> tuple[Dependent, ...]:
    """All views on the tables and views named, the release's own too, each before those that build on it."""
    found = connection.execute(_DEPENDING, {"names": [*tables, *views], "views": [*views]}).mappings()
    return tuple(Dependent(**{**row, "extras": tuple(row["extras"])}) for row in found)


def set_aside(connection: Connection, found: Sequence[Dependent]) -> None:
    """Drop them. The database refuses where something else depends on one, or where it belongs to somebody else."""
    for each in reversed(found):
        run(connection, f"DROP {each.kind} {each.name}")


def put_back(connection: Connection, found: Iterable[Dependent]) -> None:
    """Make those of others again, as they were; the release makes its own."""
    for each in found:
        if each.ours:
            continue
        options = f" WITH ({each.options})" if each.options else ""
        data = " WITH NO DATA" if each.materialized and not each.populated else ""
        run(connection, f"CREATE {each.kind} {each.name}{options} AS {each.definition.rstrip().rstrip(';')}{data}")
        for statement in each.extras:
            run(connection, statement)
        if each.owner is not None:
            run(connection, f"ALTER {each.kind} {each.name} OWNER TO {each.owner}")


def indexes_of_others(connection: Connection, tables: Collection[str]) -> dict[str, str]:
    """Definitions of the indexes on the tables that no migration made, by name."""
    return {row.name: row.definition for row in connection.execute(_INDEXES, {"names": [*tables]})}
