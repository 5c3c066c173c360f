"""Files of a log as they really are: found, told apart by content, checked once, and read by DuckDB.

A file that is whole and clean is read where it lies. One that DuckDB cannot read rightly (another encoding, broken
quotes, mixed line ends, JSON that is no lines) is rewritten once into a folder of this process. One that cannot be read
at all is skipped by name.
"""
