"""Fixtures that several folders of tests share."""

import pytest
from hypothesis import settings

from config import secrets
from tests.support.postgres import postgres_admin, postgres_server, postgres_url

__all__ = ["postgres_admin", "postgres_server", "postgres_url"]

# The same examples in every run: who breaks a law sees it, not who pulls next. A slow machine breaks none.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process hides the secrets that it was given; those of one test are words of another."""
    monkeypatch.setattr(secrets, "_known", set())
