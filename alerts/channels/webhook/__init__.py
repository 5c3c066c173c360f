"""A web address that gets the event as JSON."""
