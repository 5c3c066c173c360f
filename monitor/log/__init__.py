"""The prediction log and the label log, read where they lie and never written."""
