"""Relative paths: what they are relative to."""

from pathlib import Path

from sqlalchemy.engine import make_url

from config.exports import PromptSettings
from config.monitor import MonitorSettings
from config.query_files import anchor_query
from config.reports import ReportSettings
from config.settings import Settings
from config.source import DuckdbSettings, RelationSettings, SourceSettings
from config.study import StudySettings
from config.url import anchor


def anchored(settings: Settings, folder: Path) -> Settings:
    """Return the settings with every relative path made absolute, as seen from `folder`."""
    history = settings.history.model_copy(update={"url": anchor(settings.history.url, folder)})
    monitors = {name: _monitor(monitor, folder) for name, monitor in settings.monitors.items()}
    reports = None if settings.reports is None else _reports(settings.reports, folder)
    ingest = settings.ingest
    if ingest is not None:
        ingest = ingest.model_copy(update={"folder": _file(ingest.folder, folder)})
    update = {"history": history, "reports": reports, "ingest": ingest, "monitors": monitors}
    return settings.model_copy(update=update)


def _reports(reports: ReportSettings, folder: Path) -> ReportSettings:
    workspace = None if reports.workspace is None else _file(reports.workspace, folder)
    return reports.model_copy(update={"folder": _file(reports.folder, folder), "workspace": workspace})


def _monitor(monitor: MonitorSettings, folder: Path) -> MonitorSettings:
    prompt = None if monitor.prompt is None else _prompt(monitor.prompt, folder)
    study = _study(monitor.study, folder)
    return monitor.model_copy(update={"source": _source(monitor.source, folder), "prompt": prompt, "study": study})


def _study(study: StudySettings, folder: Path) -> StudySettings:
    model = None if study.relevance_model is None else _file(study.relevance_model, folder)
    return study.model_copy(update={"relevance_model": model})


def _prompt(prompt: PromptSettings, folder: Path) -> PromptSettings:
    file = None if prompt.file is None else _file(prompt.file, folder)
    versions = {version: _file(path, folder) for version, path in prompt.versions.items()}
    return prompt.model_copy(update={"file": file, "versions": versions})


def _source(source: SourceSettings, folder: Path) -> SourceSettings:
    is_duckdb = make_url(source.url).get_backend_name() == "duckdb"
    relations = {key: _relation(each, folder, reads_files=is_duckdb) for key, each in source.relations.items()}
    url, duckdb = anchor(source.url, folder), _duckdb(source.duckdb, folder)
    storage = source.object_storage
    if storage.folder is not None:
        storage = storage.model_copy(update={"folder": _file(storage.folder, folder)})
    return source.model_copy(update={"url": url, "duckdb": duckdb, "object_storage": storage, **relations})


def _duckdb(settings: DuckdbSettings, folder: Path) -> DuckdbSettings:
    spill = None if settings.spill_folder is None else _file(settings.spill_folder, folder)
    return settings.model_copy(update={"spill_folder": spill})


def _relation(relation: RelationSettings, folder: Path, *, reads_files: bool) -> RelationSettings:
    if relation.query is not None and reads_files:
        return relation.model_copy(update={"query": anchor_query(relation.query, folder)})
    if relation.files is None:
        return relation
    return relation.model_copy(update={"files": tuple(_file(file, folder) for file in relation.files)})


def _file(file: str, folder: Path) -> str:
    """Leave an address such as s3://bucket/log.parquet as it is."""
    return file if "://" in file else str(folder / Path(file).expanduser())
