"""Makes the folder of a sample."""

from pathlib import Path

from config.monitor import MonitorSettings
from monitor.actions.candidates.drawing import SampleSpec, make_sample
from monitor.actions.candidates.files import render
from monitor.actions.candidates.sample import Sample
from monitor.actions.folder import new_folder, write_files
from monitor.actions.material import Holdout
from monitor.actions.prompt import read_prompt
from monitor.log.prediction_log import PredictionLog


def make_folder(log: PredictionLog, settings: MonitorSettings, spec: SampleSpec, out: Path) -> tuple[Sample, Holdout]:
    """Write the folder. The same log, history and spec give the same bytes.

    Raises NothingToExportError, FolderError, ScrubberMissingError, MappingError and SourceError.
    """
    sample, holdout = make_sample(log, settings, spec)
    prompt = read_prompt(settings.prompt, sample.scope.prompt_version, f"monitors.{spec.monitor}.prompt")
    with new_folder(out) as draft:
        write_files(draft, render(sample, None if prompt is None else prompt.text))
    return sample, holdout
