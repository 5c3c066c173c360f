"""The parts of a study, in the order in which they are made; each is a file of its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from checks.counts.study import PartFault, Study
from monitor.log.sampled import Samples
from monitor.study.messages import ReportTarget

Part = Callable[[Samples, Study], Study]
"""Adds what it finds to the study so far, with `dataclasses.replace`; leaves it as it is where it finds nothing."""


def parts(relevance_model: str = "") -> Sequence[Part]:
    """All parts. Imported here, so that only the child process pays for what they import."""
    from monitor.study.drift.part import drift  # noqa: PLC0415
    from monitor.study.evidence.near_duplicates import near_duplicates  # noqa: PLC0415
    from monitor.study.evidence.second_opinion import second_opinion  # noqa: PLC0415
    from monitor.study.evidence.seen_before import seen_before  # noqa: PLC0415
    from monitor.study.evidence.token_use import token_use  # noqa: PLC0415
    from monitor.study.evidence.unlike import unlike  # noqa: PLC0415
    from monitor.study.scoring.part import relevance_by  # noqa: PLC0415

    return (
        drift,
        relevance_by(relevance_model),
        unlike,
        second_opinion,
        near_duplicates,
        token_use,
        seen_before,
    )


def write_report(samples: Samples, target: ReportTarget) -> None:
    """Write Evidently's report of the samples. Raises what Evidently and the file system raise."""
    from monitor.study.drift.peer import write_report as write  # noqa: PLC0415 - the same

    write(samples, target)


def make_study(samples: Samples, chosen: Sequence[Part]) -> Study:
    """Make a study of the samples; a part that crashes is noted in it, and the others go on."""
    study = Study(samples.as_of, samples.window, samples.reference_spans, len(samples.current), len(samples.reference))
    for part in chosen:
        try:
            study = part(samples, study)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken part must not blind the others
            fault = PartFault(part.__name__, f"{type(error).__name__}: {error}"[:500])
            study = replace(study, faults=(*study.faults, fault))
    return study
