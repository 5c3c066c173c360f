"""The child process that makes studies: `python -m monitor.study.worker`.

It reads requests from standard input and answers on what was standard output when it began, until its input ends. Its
libraries may print what they like, which goes to standard error.
"""

import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import BinaryIO, Final

from monitor.common.gc_tuning import collect_seldom
from monitor.study.messages import Reply, StudyRequest, dump_reply, load_request
from monitor.study.parts import make_study, parts, write_report

_MEGABYTE: Final = 1024 * 1024


def main() -> None:
    """Answer requests until nobody asks any more."""
    collect_seldom()  # Evidently is a sixth sooner there
    requests: SimpleQueue[bytes] = SimpleQueue()
    answers = _keep_stdout_clean()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    while True:
        answers.write(dump_reply(_answer(load_request(requests.get()))))
        answers.flush()


def _keep_stdout_clean() -> BinaryIO:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _listen(requests_in: BinaryIO, requests: "SimpleQueue[bytes]") -> None:
    """Pass requests on, and end the process with its parent, also in the midst of a study: the pipe closes then."""
    for line in requests_in:
        requests.put(line)
    os._exit(0)


def _answer(request: StudyRequest) -> Reply:
    try:
        chosen = parts(
            request.relevance_model
        )  # before there is a limit: a library that cannot be loaded says so in ways of its own
        with _limited_memory(request.memory_mb):
            if request.report is not None:
                write_report(request.samples, request.report)
                return Reply()
            return Reply(make_study(request.samples, chosen))
    except MemoryError:
        return Reply(error=f"needs more than the {request.memory_mb} MB that study.memory_mb allows")
    except Exception as error:  # noqa: BLE001 - told as a fault by the daemon, which goes on
        return Reply(error=f"{type(error).__name__}: {error}"[:500])


@contextmanager
def _limited_memory(megabytes: int) -> Iterator[None]:
    """Limit private writable memory, not addresses: libraries reserve many of those that they never touch."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * _MEGABYTE, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


if __name__ == "__main__":
    main()
