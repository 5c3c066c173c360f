"""The study of sampled rows: drawn here, computed by a child process with limits, kept in the history."""
