"""Tests of the history: one suite, on SQLite and on PostgreSQL."""
