"""Who may do what with the tables and views of a history in PostgreSQL: a table made anew has lost it."""

from collections.abc import Collection, Mapping
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

    @property
    def what(self) -> str:
        """The right in SQL, without whose it is."""
        return f"{self.privilege}{f' ({self.column})' if self.column else ''} ON {self.relation}"


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
    SELECT r.name, g.column_name, g.privilege_type,
           CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, g.is_grantable
    FROM relations r
    LEFT JOIN rights g ON g.name = r.name AND g.grantee <> g.relowner
""")

_COLUMNS: Final = text("""
    SELECT format('%I.%I', n.nspname, c.relname), quote_ident(a.attname)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    WHERE format('%I.%I', n.nspname, c.relname) = ANY(:names)
""")


def read_grants(
    connection: Connection, ours: Collection[str], others: Collection[str] = ()
) -> dict[str, frozenset[Grant]]:
    """The rights of others than the owner on relations of the history (plain names), and on others (schema.name).

    The names of others are quoted. By relation; one that is there and that nobody else has a right on has none.
    """
    found: dict[str, set[Grant]] = {}
    for relation, *right in connection.execute(_GRANTS, {"ours": [*ours], "others": [*others]}):
        rights = found.setdefault(relation, set())
        if right[0] is not None:
            rights.add(Grant(relation, *right))
    return {relation: frozenset(rights) for relation, rights in found.items()}


def put_right(
    connection: Connection, before: Mapping[str, frozenset[Grant]], after: Mapping[str, frozenset[Grant]]
) -> None:
    """Have the rights of `before` again, no fewer and no more, on what of it is still there.

    The database's default privileges give a relation that is made anew also what somebody had revoked.
    """
    for relation in sorted(before.keys() & after.keys()):
        for each in sorted(after[relation] - before[relation]):
            run(connection, f"REVOKE {each.what} FROM {each.grantee}")
    lost = sorted(each for relation, rights in before.items() for each in rights - after.get(relation, frozenset()))
    if not lost:
        return
    columns = connection.execute(_COLUMNS, {"names": [each.relation for each in lost]})
    there = {name for relation, column in columns for name in ((relation, column), (relation, ""))}
    for each in lost:
        if (each.relation, each.column) in there:
            option = " WITH GRANT OPTION" if each.grantable else ""
            run(connection, f"GRANT {each.what} TO {each.grantee}{option}")
