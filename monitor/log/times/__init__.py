"""The times that a log may hold, and how they are read in Python and in SQL."""
