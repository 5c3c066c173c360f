"""Why a database cannot be used, in words that say where to look; the words of drivers are for those who wrote them."""

import re
from typing import Final

_CAUSES: Final = (
    # What the driver says, and what to do; the first that fits counts.
    (
        r"could not translate host name|failed to resolve host|name or service not known|nodename nor servname",
        "the name of the host cannot be resolved (DNS): check it, and the network",
    ),
    (r"connection refused", "connection refused: check host and port, and that the database runs"),
    (r"password authentication failed|no password supplied|role .* does not exist", "check user and password"),
    (r"no pg_hba\.conf entry", "the server does not let this user in from here: see its pg_hba.conf"),
    (r"certificate|\bssl\b|\btls\b", "no secure connection (TLS): check sslmode, sslrootcert and the certificate"),
    (r"database .* does not exist", "check the name of the database"),
    (r"permission denied|must be owner|insufficient privilege", "give its user the right to do that"),
    (r"timeout expired|timed out", "time-out: check host, port and firewall, and how busy the database is"),
    (
        r"server closed the connection|connection .*(lost|reset|terminated)|consuming input failed",
        "the connection broke",
    ),
    (r"too many (clients|connections)|remaining connection slots", "it takes no more connections: raise its limit"),
)


def cause(said: str) -> str:
    """What to check after these words of a driver; "" where they are not known.

    >>> cause('connection to server at "10.0.0.1", port 5432 failed: Connection refused')
    'connection refused: check host and port, and that the database runs'
    """
    return next((what for pattern, what in _CAUSES if re.search(pattern, said, re.IGNORECASE)), "")
