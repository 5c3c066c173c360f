"""Garbage collection, which a look does without."""

import gc

import pytest

from monitor.common.gc_tuning import not_collecting


def test_it_goes_on_afterwards_also_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_meanwhile()
    assert gc.isenabled()


def test_whoever_finds_it_off_leaves_it_off() -> None:
    with not_collecting():
        with not_collecting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def _fail_meanwhile() -> None:
    with not_collecting():
        assert not gc.isenabled()
        raise ZeroDivisionError
