"""Benchmarks: a room for each thing that is measured; most modules are a command that prints a table."""
