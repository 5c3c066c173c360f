"""The child process that makes studies: `python -m monitor.study.worker`.

It reads requests from standard input and answers on what was standard output when it began, until its input ends. Its
libraries may print what they like, which goes to standard error.
"""

import os
import resource
import sys
import threading
from queue import SimpleQueue
from typing import BinaryIO, Final

from monitor.study.messages import Reply, Request, dump_reply, load_request
from monitor.study.parts import make_study, parts

_MEGABYTE: Final = 1024 * 1024


def main() -> None:
    """Answer requests until nobody asks any more."""
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


def _answer(request: Request) -> Reply:
    _limit_memory(request.memory_mb)
    try:
        return Reply(make_study(request.samples, parts()))
    except MemoryError:
        return Reply(error=f"needs more than the {request.memory_mb} MB that study.memory_mb allows")
    except Exception as error:  # noqa: BLE001 - told as a fault by the daemon, which goes on
        return Reply(error=f"{type(error).__name__}: {error}"[:500])


def _limit_memory(megabytes: int) -> None:
    """Limit private writable memory, not addresses: libraries reserve many of those that they never touch."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * _MEGABYTE, most))


if __name__ == "__main__":
    main()
