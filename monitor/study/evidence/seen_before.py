"""The part of a study that looks for messages that a model was trained on or evaluated with."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace

from checks.counts.studied.overlap import Overlap
from checks.counts.study import Study
from monitor.common.signatures import Signed
from monitor.log.sampled import RegisteredMessages, Samples, StudyRow


def seen_before(samples: Samples, study: Study) -> Study:
    """Compare each registered set with the sampled messages that its model version answered."""
    rows = [row for row in (*samples.reference, *samples.current) if row.text]
    found = (_overlap(each, rows) for each in samples.registered)
    return replace(study, overlaps=tuple(overlap for overlap in found if overlap.n))


def _overlap(registered: RegisteredMessages, rows: Sequence[StudyRow]) -> Overlap:
    mine = [row for row in rows if row.model_version == registered.model_version]
    known = Signed(b64decode(registered.signatures)).hold([row.text or "" for row in mine])
    seen = [row for row, is_known in zip(mine, known, strict=True) if is_known]
    clean = [row for row, is_known in zip(mine, known, strict=True) if not is_known]
    return Overlap(
        registered.model_version,
        registered.kind,
        len(mine),
        len(seen),
        *_right(seen),
        *_right(clean),
    )


def _right(rows: Sequence[StudyRow]) -> tuple[int, int]:
    """How many are labelled, and how many of those were answered rightly."""
    labelled = [row for row in rows if row.label is not None]
    return len(labelled), sum(row.label == row.predicted for row in labelled)
