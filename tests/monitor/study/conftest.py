"""Studies by the real child process."""

from collections.abc import Callable

import pytest

from checks.counts.study import Study
from monitor.log.sampled import Samples
from monitor.study.child import StudyChild
from monitor.study.messages import StudyRequest

MEMORY_MB = 1_500
PATIENCE = 60.0  # seconds; a busy machine is slow to import

Studied = Callable[[Samples], Study]


@pytest.fixture
def studied(child: StudyChild) -> Studied:
    """Has the child make a study, in which no part may crash."""

    def make(samples: Samples) -> Study:
        reply = child.ask(StudyRequest(samples, MEMORY_MB), PATIENCE)
        assert (reply.error, reply.study and reply.study.faults) == ("", ())
        assert reply.study is not None
        return reply.study

    return make
