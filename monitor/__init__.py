"""Everything that touches a clock, a database, a scheduler or a socket."""
