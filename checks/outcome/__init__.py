"""Whether advice worked: what it promised is frozen when it is told, and judged once, by data it was not told from."""
