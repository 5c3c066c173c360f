"""Fixtures that several folders of tests share."""

from hypothesis import settings

from tests.support.postgres import postgres_admin, postgres_server, postgres_url

__all__ = ["postgres_admin", "postgres_server", "postgres_url"]

# The same examples in every run: who breaks a law sees it, not who pulls next. A slow machine breaks none.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
