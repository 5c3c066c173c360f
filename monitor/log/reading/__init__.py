"""Rows read one by one: for studies, exports and label queues."""
