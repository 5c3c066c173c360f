"""`tunewatch export label-audit`: the labels most worth checking."""

from monitor.actions.label_audit.make import AuditSpec, make_audit

__all__ = ["AuditSpec", "make_audit"]
