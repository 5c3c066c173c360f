"""Advice as people read it."""

from collections.abc import Sequence

from alerts.messages.wording import advised
from checks.advice import advise as real
from checks.advice.deciding.model import Advice
from checks.advice.deciding.policy import AdvicePolicy
from checks.counts.windows import Windows
from checks.rules.finding import Finding


def advise(
    findings: Sequence[Finding], windows: Windows, policy: AdvicePolicy, doubts: Sequence[Finding] = ()
) -> Advice:
    """What is advised, in words."""
    return advised(real.advise(findings, windows, policy, doubts))
