"""`tunewatch export label-audit`: the labels most worth checking."""

from monitor.export.audit.make import AuditSpec, make_audit

__all__ = ["AuditSpec", "make_audit"]
