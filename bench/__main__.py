"""All benchmarks, one after the other: python -m bench."""

from bench.estimates import coverage
from bench.speed import cycle

if __name__ == "__main__":
    cycle.main()
    coverage.main()
