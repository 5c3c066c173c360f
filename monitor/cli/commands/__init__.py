"""The commands of `tunewatch`, one file each; each has a `command`."""
