"""Settings of the study of sampled rows."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from config.base import Name, Section
from config.duration import Duration


class StudySettings(Section):
    """The slow look at sampled rows, in a process of its own: drift, and evidence for the advice."""

    enabled: bool = True
    """Whether studies are made. Without them `drift` has nothing to judge."""
    every: Duration = timedelta(days=1)
    """How often a study is made; another is made when an incident of quality opens."""
    rows: Annotated[int, Field(ge=100, le=20_000)] = 2_000
    """Rows drawn from the window at most, and as many from the reference."""
    timeout: Duration = timedelta(minutes=5)
    """How long a study may take."""
    memory_mb: Annotated[int, Field(ge=600)] = 1_500
    """Megabytes of memory that the process of a study may take."""
    examples: bool = False
    """Whether findings may quote messages of users, with what looks like a secret taken out."""
    relevance_model: Name | None = None
    """Folder of an embedding model (model2vec, sentence-transformers) by which relevance is estimated."""
