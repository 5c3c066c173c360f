"""What the daemon and the child process say to each other: one line of JSON each way for each study."""

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter

from checks.counts.study import Study
from monitor.log.sampled import Samples


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """Where Evidently's report goes: a `file` for the HTML, and a workspace folder for the figures, or ""."""

    file: str
    project: str
    workspace: str = ""


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """A study to make, or a `report` of the samples, with at most `memory_mb` megabytes of data in the child.

    `relevance_model` is the folder of an embedding model, "" for none.
    """

    samples: Samples
    memory_mb: int
    report: ReportTarget | None = None
    relevance_model: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A study (None where a report was asked for), or why there is none."""

    study: Study | None = None
    error: str = ""


# The one-tuples are there because pydantic takes no configuration beside a bare dataclass.
_REQUEST: TypeAdapter[tuple[StudyRequest]] = TypeAdapter(
    tuple[StudyRequest], config=ConfigDict(ser_json_inf_nan="constants")
)
_REPLY: TypeAdapter[tuple[Reply]] = TypeAdapter(tuple[Reply], config=ConfigDict(ser_json_inf_nan="constants"))


def dump_request(request: StudyRequest) -> bytes:
    """Write a request as one line of JSON."""
    return _REQUEST.dump_json((request,)) + b"\n"


def load_request(line: bytes) -> StudyRequest:
    """Parse the request of a line."""
    return _REQUEST.validate_json(line)[0]


def dump_reply(reply: Reply) -> bytes:
    """Write a reply as one line of JSON."""
    return _REPLY.dump_json((reply,)) + b"\n"


def load_reply(line: bytes) -> Reply:
    """Parse the reply of a line. Raises ValueError where it is none."""
    return _REPLY.validate_json(line)[0]
