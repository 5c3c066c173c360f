"""The child process as its parent sees it: started on demand, asked one thing at a time, killed when too slow."""

import contextlib
import os
import subprocess
import sys
import threading
from typing import Final

from monitor.study.messages import Reply, StudyRequest, dump_request, load_reply

END_WITHIN: Final = 2.0
"""Seconds that the child gets to end by itself once its input has ended."""

_QUIET: Final = {
    "DO_NOT_TRACK": "1",  # Evidently would tell its makers of each report
    "HF_HUB_OFFLINE": "1",  # an embedding model is the folder that the operator names, and nothing is fetched
    "MALLOC_ARENA_MAX": "2",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",  # one core for studies; the others belong to the looks
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",  # its libraries warn of themselves; nobody could act on that
    "TOKENIZERS_PARALLELISM": "false",
}

_OURS: Final = "TUNEWATCH_"
"""Variables that begin so may be secrets, and the child needs none of them."""


class StudyChild:
    """Makes studies in another process. For one thread at a time, but `kill` may come from any."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: StudyRequest, timeout: float) -> Reply:
        """Have a study made within `timeout` seconds; the reply has an error where that fails."""
        process, too_late = self._running(), threading.Event()

        def cut() -> None:
            too_late.set()
            process.kill()

        late = threading.Timer(timeout, cut)
        late.start()
        try:
            return load_reply(self._exchange(process, dump_request(request)))
        except (OSError, ValueError, EOFError):
            return Reply(error=self._why_it_ended(process, timed_out=too_late.is_set(), timeout=timeout))
        except BaseException:
            process.kill()  # what it would still answer is not asked for any more
            raise
        finally:
            late.cancel()

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was written to a process that is gone cannot be flushed
                    pipe.close()
        try:
            process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the study under way, if there is one, at once."""
        process = self._process
        if process is not None:
            process.kill()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "monitor.study.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
            )
        return self._process

    def _exchange(self, process: "subprocess.Popen[bytes]", request: bytes) -> bytes:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(request)
        process.stdin.flush()
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line

    def _why_it_ended(self, process: "subprocess.Popen[bytes]", *, timed_out: bool, timeout: float) -> str:
        self.close()
        if timed_out:
            return f"took longer than the {timeout:g} s that study.timeout allows"
        return f"its process ended with status {process.returncode}"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | _QUIET
