"""`tunewatch export finetune`: training data, with the proof that it can be trusted."""

from monitor.export.finetune.formats import FORMATS
from monitor.export.finetune.make import FinetuneSpec, make_finetune

__all__ = ["FORMATS", "FinetuneSpec", "make_finetune"]
