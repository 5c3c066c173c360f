"""Who may do what with the tables and views of a history in PostgreSQL: a table made anew has lost it."""

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from monitor.history.views.making import run


class Grant(NamedTuple):
    """One right; `column` is "" for all of the relation, and all names are quoted."""

    relation: str
    column: str
    privilege: str
    grantee: str
    grantable: bool


_GRANTS: Final = text("""
    WITH relations AS (
        SELECT c.oid, c.relacl, c.relowner, format('%I.%I', n.nspname, c.relname) AS name
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname = current_schema() AND c.relname = ANY(:ours))
           OR format('%I.%I', n.nspname, c.relname) = ANY(:others)
    ), rights AS (
        SELECT r.name, r.relowner, '' AS column_name, a.* FROM relations r CROSS JOIN LATERAL aclexplode(r.relacl) a
        UNION ALL
        SELECT r.name, r.relowner, quote_ident(t.attname), a.*
        FROM relations r
        JOIN pg_attribute t ON t.attrelid = r.oid AND NOT t.attisdropped
        CROSS JOIN LATERAL aclexplode(t.attacl) a
    )
    SELECT name, column_name, privilege_type,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, is_grantable
    FROM rights
    WHERE grantee <> relowner
""")

_COLUMNS: Final = text("""
    SELECT format('%I.%I', n.nspname, c.relname), quote_ident(a.attname)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    WHERE format('%I.%I', n.nspname, c.relname) = ANY(:names)
""")


def read_grants(connection: Connection, ours: Collection[str], others: Collection[str] = ()) -> frozenset[Grant]:
    """The rights on relations of the history (plain names), and on others (schema.name, quoted)."""
    found = connection.execute(_GRANTS, {"ours": [*ours], "others": [*others]})
    return frozenset(Grant(*row) for row in found)


def give_back(connection: Connection, before: frozenset[Grant], after: frozenset[Grant]) -> None:
    """Grant again what was lost, on whatever is still there."""
    lost = sorted(before - after)
    if not lost:
        return
    columns = connection.execute(_COLUMNS, {"names": [each.relation for each in lost]})
    there = {name for relation, column in columns for name in ((relation, column), (relation, ""))}
    for each in lost:
        if (each.relation, each.column) in there:
            only = f" ({each.column})" if each.column else ""
            option = " WITH GRANT OPTION" if each.grantable else ""
            run(connection, f"GRANT {each.privilege}{only} ON {each.relation} TO {each.grantee}{option}")
