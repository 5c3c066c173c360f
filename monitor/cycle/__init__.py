"""One look at one monitor: count, judge, advise, tell."""
