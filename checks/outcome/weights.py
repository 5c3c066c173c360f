"""The limits of a trial, each with its reason."""

from datetime import timedelta

POWER_TAILS = (0.025, 0.20)
"""Tails of the sample size: 95% two-sided, 80% power, the usual choice for a trial (Fleiss, Levin and Paik 2003)."""

GAP = 0.5
"""Part of the gap to the goal that an action must close to count for something."""

MOST_NEEDED = 2000
"""Labelled rows after which a trial is judged, however small an effect was asked for."""

SETTLED_IN = timedelta(days=2)
"""Least time after the act: the labels that come first are no fair sample of those that come."""

GIVEN_UP = timedelta(days=28)
"""Time after the act from which a trial is judged by what there is."""

NOTHING_DONE = timedelta(days=90)
"""Time after the advice from which nobody is expected to act on it."""

NEW_SHARE = 0.20
"""Share of the traffic from which a pair of versions that did not answer before has taken over."""

SUSTAINED = 6
"""Hours with traffic over which a change of versions is looked at: a test of ten minutes is no change."""

A_DAY = timedelta(hours=24)
"""Time with traffic over which a version must have its share too: one that was tried for some hours took nothing over,
and where traffic is thin, a canary of one in ten has a fifth of the next thirty predictions by chance."""

MAJORITY = 0.5
"""Share of the traffic from which a version has taken over that had a small part of it all along (a canary)."""

STRAY = 1
"""Predictions of a version that are no traffic, where a few dozen are looked at: a retry, a straggler."""

ONE_ACT = timedelta(hours=48)
"""Time within which steps in one direction are one act: traffic is moved over to a version in a day or two."""

TOGETHER = timedelta(hours=6)
"""Time between the last answer of one version and the first of another, within which the one took over from the other:
the bot may have been down."""

LEAVING = 0.75
"""Part of its usual share under which a version that is withdrawn step by step is on its way out."""

ENOUGH_TRAFFIC = 30
"""Predictions in those hours under which no change is seen."""
