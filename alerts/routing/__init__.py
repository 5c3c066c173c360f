"""Who is told of an incident, and when: routes, quiet hours, silences, and what people said of it. Pure."""
