"""`tunewatch export finetune`: training data, with the proof that it can be trusted."""

from monitor.actions.finetune.formats import FORMATS
from monitor.actions.finetune.make import FinetuneSpec, make_finetune

__all__ = ["FORMATS", "FinetuneSpec", "make_finetune"]
