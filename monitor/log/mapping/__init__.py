"""From the columns of somebody's log to the values that are counted."""
