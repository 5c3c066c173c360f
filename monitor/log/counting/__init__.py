"""Counts of a log by bucket, within a budget of memory, and which buckets changed."""
