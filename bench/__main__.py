"""All benchmarks, one after the other: python -m bench."""

from bench import coverage, cycle

if __name__ == "__main__":
    cycle.main()
    coverage.main()
