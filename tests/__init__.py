"""The tests mirror the packages; builders and fakes are in tests/support."""
