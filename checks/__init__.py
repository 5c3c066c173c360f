"""Statistics and judgement: pure functions of counts, without a clock, I/O or logging."""
