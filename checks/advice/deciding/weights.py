"""Every weight and limit of the advice, each with its reason. Nothing here is fitted: change a number, run the tests.

Sources: [mission] is what the product's owner stated: revising a prompt is fast, cheap and needs little data; a
fine-tune needs many clean examples and lifts recall and precision together; good is accuracy above 85% with balanced
precision and recall and fast answers, bad is under 60% or a very low recall or precision on a class; when prompting
cannot reach good metrics, fine-tune. [design] is the order of section 6 of the design: a cheap reversible step before
an expensive one. [practice] is common engineering practice, stated so that it can be disputed.
"""

from checks.advice.deciding.model import Action

WEIGHTS: dict[tuple[str, bool], tuple[tuple[Action, float], ...]] = {
    # A drop that sits on a change and is absent under the old version is the strongest evidence there is, and undoing
    # it is minutes of work [design]. The prompt that lost is also the one to revise.
    ("prompt_step", True): ((Action.ROLLBACK_PROMPT, 4.0), (Action.REVISE_PROMPT, 0.5)),
    ("model_step", True): ((Action.ROLLBACK_MODEL, 4.0),),
    # Which of both did it the log cannot say; going back over both is as quick, and an experiment would cost users the
    # days that it takes [design].
    ("release_step", True): ((Action.ROLLBACK_RELEASE, 4.0),),
    # A fact that the chatbot lacks is given to it; what it is worth is seen when the topic is labelled [design].
    ("new_topic", True): ((Action.ADD_CONTEXT, 3.0), (Action.COLLECT_LABELS, 1.0)),
    ("new_class", True): ((Action.ADD_CONTEXT, 3.0), (Action.COLLECT_LABELS, 1.0)),
    ("unlabelled_topic", True): ((Action.COLLECT_LABELS, 2.0),),
    # What stopped answering needs no action [practice].
    ("replaced", True): ((Action.NONE, 4.5),),
    # Few confusions can be named in a prompt, with examples; many cannot [mission: prompt work needs little data].
    ("confusions", True): ((Action.REVISE_PROMPT, 1.0),),
    ("confusions", False): ((Action.FINE_TUNE, 0.5),),
    ("inconsistent", True): ((Action.REVISE_PROMPT, 0.5),),
    # Right classes with answers that help less: a matter of what the prompt asks for, not of more examples [practice].
    ("relevance_only", True): ((Action.REVISE_PROMPT, 1.5), (Action.ADD_CONTEXT, 1.0), (Action.FINE_TUNE, -1.0)),
    # Whether the judge is stricter or the chatbot worse, earlier answers scored by the same judge would tell [design].
    ("judge_changed", True): ((Action.COLLECT_LABELS, 3.0),),
    ("missed_class", True): ((Action.REVISE_PROMPT, 1.0),),
    # What one segment lost can be said in a prompt; going back would lose what the others gained [practice].
    ("prompt_bias", True): ((Action.REVISE_PROMPT, 2.5),),
    # The cheap thing has not been tried yet [mission].
    ("prompts_tried", False): ((Action.REVISE_PROMPT, 1.25),),
    # "If prompting cannot reach good metrics, fine-tune" [mission]; and another revision is then the weaker bet.
    ("plateau", True): ((Action.FINE_TUNE, 2.5), (Action.REVISE_PROMPT, -1.5)),
    # Revisions still pay, or one of them was good [mission].
    ("plateau", False): ((Action.REVISE_PROMPT, 1.0),),
    # Clean examples are what a fine-tune is made of [mission].
    ("class_labels", True): ((Action.FINE_TUNE, 0.5),),
    ("class_labels", False): ((Action.COLLECT_LABELS, 1.0), (Action.REVISE_PROMPT, 0.5)),
    # Nothing can be concluded from a handful of labels [design: is the evidence valid comes first].
    ("too_few_labels", True): ((Action.COLLECT_LABELS, 3.5),),
    ("unproven_version", True): ((Action.COLLECT_LABELS, 3.0),),
    ("unproven_prompts", True): ((Action.COLLECT_LABELS, 1.0),),
    # Rolling back on the first labels, where errors are labelled first, undoes what was well [design: labels mature].
    ("labels_to_come", True): ((Action.COLLECT_LABELS, 3.0),),
    ("label_coverage", True): ((Action.COLLECT_LABELS, 1.5),),
    ("provisional", True): ((Action.COLLECT_LABELS, 0.25),),  # intervals say how little is known: a caveat, no veto
    # A model that remembers must be judged, and trained again, on messages that it has not seen [design, mission].
    ("generalisation_gap", True): ((Action.COLLECT_LABELS, 2.5),),
    ("leakage", True): ((Action.COLLECT_LABELS, 3.0),),
    ("label_problems", True): ((Action.FIX_LABELS, 3.0),),
    # Prompts and models that learn from wrong labels learn wrong answers, and are measured by them [design].
    ("label_noise", True): ((Action.FIX_LABELS, 3.5),),
    ("labellers_disagree", True): ((Action.FIX_LABELS, 2.0),),
    # Confident errors are where wrong labels gather (Northcutt, Jiang and Chuang 2021); alone they prove nothing.
    ("confident_errors", True): ((Action.FIX_LABELS, 0.5),),
    ("label_health", True): ((Action.COLLECT_LABELS, 3.0),),
    # An answer that names no class is wrong whatever the model knew, and repairing its reader is cheap [design].
    ("unparseable", True): ((Action.FIX_PARSER, 2.5),),
    ("unknown_class", True): ((Action.FIX_PARSER, 2.5),),
    ("tokens", True): ((Action.REDUCE_LATENCY, 0.5),),
    ("latency_only", True): ((Action.REDUCE_LATENCY, 2.0),),
    # Silence may be the bot or the way of its log to us, and either wants somebody now [practice].
    ("traffic", True): ((Action.CHECK_TRAFFIC, 3.0),),
    # Figures of a log that is not read as it is are figures of something else [design: is the evidence valid].
    ("log_health", True): ((Action.FIX_LOG, 5.0),),
}
"""(signal, what it says) -> what that adds to which actions. A signal that cannot tell (None) adds nothing."""

STAGES: dict[Action, int] = {
    Action.FIX_LOG: 0,
    Action.COLLECT_LABELS: 0,
    Action.FIX_LABELS: 0,
    Action.ROLLBACK_PROMPT: 1,
    Action.ROLLBACK_MODEL: 1,
    Action.ROLLBACK_RELEASE: 1,
    Action.FIX_PARSER: 2,
    Action.REDUCE_LATENCY: 2,
    Action.CHECK_TRAFFIC: 2,
    Action.ADD_CONTEXT: 3,
    Action.REVISE_PROMPT: 4,
    Action.FINE_TUNE: 5,
    Action.REPLACE_MODEL: 6,
    Action.REPORT_FAULT: 6,
    Action.FIX_ALERTING: 6,
    Action.NONE: 6,
}
"""The order of the design: cheap and reversible first. It decides between actions whose scores are close."""

MIN_SCORE = 1.0
"""Score under which no action is recommended: one whole signal must speak for it."""

MARGIN = 0.5
"""Lead under which two scores are a tie: the earlier stage goes first; within one stage nothing is recommended."""

STEP_TAIL = 0.005
"""Tail of a step's test (99% two-sided), shared out over all comparisons made (Bonferroni, 1936)."""

TAIL = 0.025
"""Tail of intervals that are not tests of a step: 95% two-sided."""

OF_CLASS_DROP = 0.5
"""Part of what the checks of recall and precision of a class call a drop, under which a change is no step, however many
labels show it. For accuracy, relevance and latency it is all of what their checks tolerate."""

LARGE_FALL = 0.2
"""Fall, beyond doubt, over a change of prompt and model together, from which users are not kept waiting for an
experiment: one message in five that was answered well no longer is."""

EXPLAINS = 0.5
"""Part of the gap to the goal that a step must account for: undoing less would leave the incident open. A later fall
within the new version that is this part of the one at its start is, likewise, too much to blame on the change."""

MIN_SUPPORT = 8
"""Labelled rows under which a metric is not compared: even 0 of 8 right leaves up to 23% possible."""

MIN_ANSWERS = 200
"""Answers under which a latency quantile is not compared: the slowest 5% are then fewer than ten."""

ANSWERS_AS_ONE = 10
"""Answers that count as one for latency: slow answers come in bursts, so neighbours are not independent."""

MAX_METRICS = 3
"""Failing metrics that are tested for a step, worst first: each further one costs the others power."""

MAX_BEFORE = 4
"""Earlier versions that a live one is compared with, latest first."""

MIN_MIX = 0.8
"""Share of today's class mix whose recall must be known for an accuracy at that mix."""

MIN_ERRORS = 20
"""Labelled errors under which their spread is not judged."""

TOP_ONE, TOP_THREE = 0.35, 0.5
"""Shares of all errors in the top pair, and in the top three, from which they count as concentrated."""

OVER_EVEN = 1.5
"""Times an even spread's share that must be too: with two classes, any spread has a pair with half of the errors."""

RARE = 0.10
"""Share of the traffic under which a class can be missed without accuracy showing it."""

FAR_UNDER = 0.20
"""Distance of a class's recall under accuracy from which it is missed, its interval allowed for."""

MIN_REVISION_LABELS = 30
"""Labelled rows that a prompt needs for its accuracy to count as measured; for a class's metric, MIN_SUPPORT."""

FEWEST_TO_TRY = 20
"""Labelled messages under which no experiment is proposed: with fewer, one odd message would decide."""

MOST_TO_TRY = 2000
"""Labelled messages over which an experiment is no longer cheap."""

NEWEST = 2
"""Newest revisions that must have brought nothing for a plateau: one fruitless revision is bad luck."""

COLLAPSED = 0.25
"""Coverage over the reference's coverage under which labelling has collapsed; late labels rarely take as much."""

LABELS_TO_JUDGE_COVERAGE = 100
"""Labelled rows of the reference from which its coverage is a norm."""

UNPARSED_RISE = 0.02
"""Rise in the share of answers without a class from which the reader of answers is suspected."""

UNPARSED_ERRORS = 0.5
"""Share of all errors that answers without a class make, from which the same is suspected."""

UNKNOWN_SHARE = 0.02
"""Share of the answers that a class without any label must have to be taken for one that does not exist."""

DOWN, SURGE = 1.5, 0.8
"""What the alarm of traffic counts for where little or nothing comes (before the labels that then also stop), and where
more comes than usual (after a topic that explains it)."""

BROKEN_LABELS = 0.2
"""Unusable label rows over usable ones from which the labels want fixing first."""

CHANGES_BREAK = 0.7
"""Probability that a fall next to a change lies at the change, before the data are looked at: about 70% of outages are
due to changes in a live system (Beyer, Jones, Petoff and Murphy 2016, "Site Reliability Engineering", chapter 1)."""

AT_CHANGE = 0.8
"""Probability from which a fall is said to lie at a change; under a half, another moment fits better."""

TOPIC_LEVEL = 0.02
"""p-value of the domain classifier from which messages count as unlike those before."""

TOPIC_SHARE = 0.03
"""Share of the messages, beyond what chance makes, from which a new topic can matter."""

OF_ERRORS = 0.30
"""Share of all errors that must lie in the new topic for it to be why quality fell."""

NOISY_ERRORS = 0.42
"""Share of the errors in which a second opinion sides with the chatbot, from which labels are not believed. On clean
labels of BANKING77 it sides with it in a third, since hard messages fool both; with 15% wrong ones in two thirds."""

NOISY_ROWS, OF_DROP = 0.04, 4 / 3
"""Share of the labels that must then be wrong, and the same in falls of accuracy that its check tolerates: fewer do not
move accuracy by more than that. The smaller of the two counts."""

DISAGREE = 0.10
"""Share of near-duplicate pairs with different labels from which labellers do not agree."""

INCONSISTENT = 0.10
"""Share of near-duplicate pairs with different answers from which the chatbot is not consistent."""

CONFIDENT, CONFIDENT_BAND = 0.5, 5
"""Share of the errors at confidences of this band (90%) or more, from which confidence says little."""

BEHAVIOUR_SHIFT = 0.15
"""Share of the answers whose confidence moved, from which behaviour stepped; days differ by about a tenth of that."""

MORE_TOKENS = 1.25
"""Growth of a median number of tokens that is worth a look."""

SLOPE = 0.2
"""Per cent of latency for each per cent of tokens from which latency goes with them."""

EARLY = 0.5
"""Coverage of a new version over that of the older one, under which most of its labels are still to come."""

LIKELY = 0.1
"""Tail of a bound that says that something very likely is so, where another test, beyond doubt, follows."""
