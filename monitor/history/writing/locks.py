"""One writer for the incidents of each monitor."""

import hashlib

from sqlalchemy import Connection, text


def lock_key(monitor: str) -> int:
    """A number of 64 bits for a name; two monitors that shared one would only wait for each other."""
    digest = hashlib.blake2s(f"tunewatch:{monitor}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def is_free(connection: Connection, monitor: str) -> bool:
    """Take the lock of a monitor until the transaction ends; False where a look has it. SQLite has one writer."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": lock_key(monitor)}))
