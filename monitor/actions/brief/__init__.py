"""`tunewatch export brief`: what whoever edits the prompt needs to see."""

from monitor.actions.brief.make import BriefSpec, make_brief

__all__ = ["BriefSpec", "make_brief"]
