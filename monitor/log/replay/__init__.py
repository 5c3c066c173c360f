"""A log that is read once and counted as of any time: for the back-test, which looks thousands of times."""
