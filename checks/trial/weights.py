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
"""Buckets over which a change of versions is looked at: a test of ten minutes is no change."""

ENOUGH_TRAFFIC = 30
"""Predictions in those buckets under which no change is seen."""
