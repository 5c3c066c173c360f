"""The process that looks, delivers and answers until it is told to stop."""
