"""Run where the systems' own packages are installed, and tunewatch is not."""
