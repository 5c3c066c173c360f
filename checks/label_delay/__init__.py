"""When labels come: how long they take, how many are there, and delays that depend on the truth."""
