"""`python -m monitor.cli`, for where the command itself is not on the path."""

from monitor.cli.program import main

if __name__ == "__main__":
    main()
