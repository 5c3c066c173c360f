"""A share of a window with its interval, whatever the labels were drawn by; and the data of one cycle."""
