"""Tests of benchmarks that are commands of the Makefile."""
