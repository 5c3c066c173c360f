"""Fixtures that several folders of tests share."""

from tests.support.postgres import postgres_admin, postgres_server, postgres_url

__all__ = ["postgres_admin", "postgres_server", "postgres_url"]
