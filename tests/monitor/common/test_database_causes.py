"""What real drivers say of real faults is recognised."""

import pytest
import sqlalchemy as sa

from monitor.common.errors import HistoryError
from monitor.history import History


def said(url: str) -> str:
    with pytest.raises(HistoryError) as error:
        History.open(url).close()
    return str(error.value)


def test_nobody_listens() -> None:
    assert "connection refused: check host and port" in said("postgresql+psycopg://u:qxzjq@127.0.0.1:1/d")


def test_a_host_that_has_no_address() -> None:
    assert "(DNS)" in said("postgresql+psycopg://u:qxzjq@nowhere.invalid/d?connect_timeout=5")


def test_a_database_that_is_not_there(postgres_admin: sa.Engine) -> None:
    url = postgres_admin.url.set(database="nothing").render_as_string(hide_password=False)
    assert "check the name of the database" in said(url)


def test_a_user_that_is_not_there(postgres_admin: sa.Engine) -> None:
    url = postgres_admin.url.set(username="nobody").render_as_string(hide_password=False)
    assert "check user and password" in said(url)
