"""The databases that hold a log, and the functions that SQL lacks there."""
