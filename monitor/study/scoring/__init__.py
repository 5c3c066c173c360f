"""Estimating relevance on this machine; runs in the child process only."""
