"""How credentials are written in headers."""

import base64


def basic(username: str, password: str) -> str:
    """A user and a password, for basic authentication.

    >>> basic("ada", "x")
    'Basic YWRhOng='
    """
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"
