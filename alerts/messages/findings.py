"""What the checks say, in words: a template for each clause, with the form of each number.

A template names its facts and their forms (`alerts.messages.forms`): `{was:share}` is the fact `was`, written as a
share. Clauses follow one another without anything between them, so those that go on begin with their own comma.
"""

from typing import Final

from checks.rules.finding_clause import FindingClause as C

FINDINGS: Final[dict[C, str]] = {
    # accuracy, class_recall, class_precision, accuracy_paradox
    C.ACCURACY: "accuracy",
    C.RECALL: "recall of {name}",
    C.PRECISION: "precision of {name}",
    C.SHARE_IS: "{subject} is {share:measured}",
    C.WAS_SHARE: ", was {was:share} in the reference",
    C.BELOW_SHARE: ", below {limit:share}",
    C.WHILE_ACCURACY: ", while accuracy is {accuracy:share}",
    C.BALANCED_ACCURACY: ", balanced accuracy {balanced:share}",
    C.COMMONEST_RIGHT: ", and always answering the commonest class would be right {rate:share} of the time",
    C.MIX_OR_BEHAVIOUR: "; a changed mix of classes makes {mix:effect}, changed behaviour {behaviour:effect}",
    C.SHARE_NOT_KNOWN: "{subject} is not known: {why}",
    C.WRONG_SOONER: "labels of wrong answers come sooner than those of right ones, so it is too early to tell",
    C.NONE_LABELLED: (
        "no prediction as {names:commas} has a label, and that is much of the traffic: label some of them"
    ),
    C.QUEUE_MISSED: (
        "the labels that came by themselves say otherwise than those of a label queue, which has none of predictions "
        "as {names:commas}: label some of them from a new queue"
    ),
    C.LABELLED_ROWS: "{n:plain} labelled rows to tell it from",
    # latency
    C.NO_LATENCY: "no latency is logged",
    C.FEW_LATENCIES: "{n:plain} answers with a latency are too few to judge",
    C.NO_LATENCY_LIMIT: "no limit is set, and the reference has too few answers to compare with",
    C.LATENCY_IS: "latency {name} is {value:ms} ({bounds:interval ms}, {n:support answers})",
    C.OVER_LATENCY: ", over {limit:ms}",
    C.WAS_LATENCY: ", was {was:ms} in the reference: {times:times} times that ({low:times} to {high:times})",
    # drift
    C.NO_STUDY: "no study of sampled rows is there yet, or too few rows to make one of",
    C.DRIFT_NOT_JUDGED: "drift is not judged: {why}",
    C.NO_VALUES: "the sampled rows have no value",
    C.FEW_ROWS: "the sample has too few rows with a value, now or in the reference",
    C.FEW_DAYS: (
        "the reference is too short to compare each weekday with its like: it takes two weeks, and text a window of "
        "two days"
    ),
    C.NEW_VERSION: ("a newly deployed version answers, which the reference does not know; labels will judge it"),
    C.LIKE_REFERENCE: "{column} of the last {last:duration} is like the reference (p={p:digit}, {n:support messages})",
    C.TRAFFIC_UNLIKE: (
        "{column}: at least {effect:share} of the traffic of the last {last:duration} is unlike the reference "
        "(p={p:digit}, {n:support messages})"
    ),
    C.MESSAGES_UNLIKE: (
        "{column}: at least {effect:share} of the messages of the last {last:duration} is unlike the reference "
        "(p={p:digit}, {n:support messages})"
    ),
    C.MOVED: "; {moved:commas}",
    C.MOVED_CATEGORY: "{name} {now:share} (reference {then:share})",
    C.MOVED_NUMBER: "{name} {now:quantity} (reference {then:quantity})",
    C.NEW_WORDS: "; words that became frequent: {words:commas}",
    C.MOVED_WORD: '"{name}" {now:share} (reference {then:share})',
    C.NEAREST_CLASSES: "; nearest classes: {classes:commas}",
    C.NEAREST_CLASS: "{name} {now:share}",
    C.EXAMPLES: "; such as {examples:quoted}",
    C.PEER: "; Evidently's {method} is {value:digits} (its own limit {limit:setting})",
    C.REPORT: "; report: {report}",
    # leakage
    C.IN_SET: "{share:share} of {n:plain} sampled messages to model {model} are in its {kind} set",
    C.SEEN_RIGHT: ", {share:measured} of those are answered rightly",
    C.OTHERS_RIGHT: ", {share:measured} of the others are answered rightly",
    # log_health
    C.LOG_READ: "the log can be read",
    C.NEWEST_LOST: (
        "{n:count} of the newest {of:count} rows cannot be read or have no readable time{shown}: look at {key}"
    ),
    C.NEWEST_LABELS_LOST: (
        "{n:count} of the newest {of:count} label rows cannot be read or have no readable time{shown}: look at {key}"
    ),
    C.NULL_TIME: ("{n:count} of {of:count} predictions have no readable time and are left out{shown}: look at {key}"),
    C.IMPLAUSIBLE_TIME: (
        "{n:count} of {of:count} predictions have a time that no log has and are left out{shown}: look at {key}"
    ),
    C.MALFORMED_LINE: ("{n:count} of {of:count} lines cannot be read as rows and are left out{shown}: look at {key}"),
    C.NULL_LABEL_TIME: (
        "{n:count} of {of:count} label rows have no readable time and do not count{shown}: look at {key}"
    ),
    C.IMPLAUSIBLE_LABEL_TIME: (
        "{n:count} of {of:count} label rows have a time that no log has and do not count{shown}: look at {key}"
    ),
    C.NULL_ID: (
        "{n:count} of {of:count} predictions have no id, so that no label can be found for them{shown}: look at {key}"
    ),
    C.DUPLICATE_ID: (
        "{n:count} of {of:count} rows repeat the id of another prediction and are left out; is it the id of a "
        "conversation?{shown}: look at {key}"
    ),
    C.ORPHAN_LABEL: (
        "{n:count} of {of:count} label rows are of no prediction; are both ids the same thing, written alike?{shown}: "
        "look at {key}"
    ),
    C.SUCH_AS: " (such as {examples:as_data})",
    C.SKIPPED_FILE: "{n:count} of {of:count} files of the log are not read: {examples:semicolons}",
    C.ABSENT_COLUMN: ("{n:count} of {of:count} newest files lack a column that older ones have: {examples:semicolons}"),
    C.MAY_BE: " (up to {limit:share} is tolerated)",
    C.NEWEST_WITHOUT_CLASS: (
        "{n:count} of the newest {of:count} predictions name no class: was the column renamed, or does what reads the "
        "bot's answers fail? Look at source.predictions.columns.predicted"
    ),
    C.NO_SHARED_CLASS: (
        "labels and predictions share no class: labels say {labels}, predictions say {predictions}; look at "
        "source.labels.columns.label and source.predictions.columns.predicted"
    ),
    C.CLASS_NAMES: "{names:as_names}",
    C.AND_MORE: " and {n:plain} more",
    C.CLASSES_DIFFER: "not judged: labels and predictions share no class",
    C.ONE_CLASS: (
        "all {n:count} predictions are of one class, '{name}'{but}: is source.predictions.columns.predicted the "
        "column of the bot's answer? If the bot truly has but one, set checks.log_health.allow_one_class"
    ),
    C.ONE_CLASS_YET: (
        "all {n:count} predictions so far are of one class, '{name}'; how good the bot is shows with a second one"
    ),
    C.BUT_LABELS: ", while labels also say {labels}",
    C.LABELS_AGREE: (
        "all {n:count} labels are the class that was predicted: is source.labels.columns.label a copy of the "
        "prediction? If people truly never correct the bot, set checks.log_health.allow_agreement"
    ),
    C.LOG_MISLEADS: "not judged while the log may mislead: see what log_health says",
    C.VANISHED: (
        "{what:list} that were counted are no longer in the log, found missing at {since:when}: most are of "
        "{hours:moments}. Their counts are kept, so that no figure changes. Put the files or rows back; if they were "
        "erased on purpose, tunewatch history forget {span:words} lets their counts go"
    ),
    C.PREDICTIONS_GONE: "{n:count} predictions",
    C.LABELS_GONE: "{n:count} labels",
    C.FORGET_FROM: "--from {at:argument}",
    C.FORGET_TO: "--to {at:argument}",
    # of any check, and of a look
    C.CHECK_CRASHED: "crashed ({error}); it judges nothing until that is mended",
    C.CHECK_RUNS: "runs",
    C.OVER: "over: {message}",
    C.LOOK_FAILS: "fails: {error}",
    C.CHANNEL_FAILS: "alerts do not arrive in {channel}: {error}",
    C.CHANNEL_WORKS: "alerts arrive in {channel}",
    C.CLICKS_FAIL: "buttons in Slack do nothing: {error}",
    C.CLICKS_WORK: "buttons in Slack work",
    C.CONFIG_REFUSED: "the new configuration is refused, and the one before goes on: {error}",
    C.CONFIG_TAKEN: "the new configuration is in use",
    C.FAULT_OF_OURS: "a fault of tunewatch; its log has the traceback",
    # calibration
    C.NO_CONFIDENCES: "the log has no confidences",
    C.FEW_CONFIDENCES: (
        "calibration is not known: {now:plain} labelled predictions with a confidence in the mature part of the window "
        "and {then:plain} in the reference, it takes {needed:plain}"
    ),
    C.CALIBRATION_IS: "calibration error is {value:share} ({bounds:interval share}, {n:support labels})",
    C.CALIBRATION_WAS: "; was {was:share} in the reference",
    C.RIGHT_LESS_OFTEN: "; answers are right less often than their confidence says, by {gap:points}",
    C.RIGHT_MORE_OFTEN: "; answers are right more often than their confidence says, by {gap:points}",
    C.HINDSIGHT: (
        "; accuracy estimated without labels would have been {expected:share}, the labels say {realised:share}"
    ),
    # traffic
    C.USUAL_UNKNOWN: "too little traffic is known of the same hours earlier to say what is usual",
    C.TRAFFIC_LESS: "{came} in the last {hours:setting} h, less than the usual {usual:count} of these hours",
    C.TRAFFIC_MORE: "{came} in the last {hours:setting} h, more than the usual {usual:count} of these hours",
    C.TRAFFIC_USUAL: "{came} in the last {hours:setting} h, in line with the usual {usual:count} of these hours",
    C.CAME: "{n:plain} predictions",
    C.CAME_NONE: "no predictions at all",
    # prompt_bias, generalisation_gap
    C.SEGMENT: (
        "accuracy of {column}={value} is {after:measured} with prompt {newer}, {before:share} with {older}; elsewhere "
        "{rest_after:share} and {rest_before:share}"
    ),
    C.PRODUCTION_UNKNOWN: "{figure} in production is not known of {subject}: {n:plain} labelled rows",
    C.PRODUCTION_OFFLINE: "{figure} of {model} is {now:measured} in production, {offline:share} offline",
    # label_health
    C.NO_LABEL_YET: "no label has come yet",
    C.LAST_LABEL: "the last label came {hours:count} h ago, {limit:setting} h are allowed",
    C.COVERAGE_NOT_JUDGED: ("coverage is not judged: {n:whole} labels, and no reference or limit to compare with"),
    C.COVERAGE: "{share:share} of the predictions{of} that should have a label by now have one",
    C.COVERAGE_OF_CLASS: " as {name}",
    C.COVERAGE_WAS: ", was {was:share} of all in the reference",
    C.FEW_DELAYS: "too few labels in the window or the reference to compare their delay",
    C.DELAY: "half of the labels come within {hours:tenths} h, it was {was:tenths} h in the reference",
    # relevance
    C.NO_SCORES: "no answer of the window has a relevance score",
    C.JUDGE_CHANGED: (
        "relevance is scored by {source}, and was scored by {then:commas} in the reference: a changed judge looks like "
        "a changed bot, so the two are not compared"
    ),
    C.SOURCE: "{name}",
    C.NAMELESS_SOURCE: "a source without a name",
    C.FEW_SCORES: (
        "{n:plain} answers scored by {source} in the window and {then:plain} in the reference are too few to judge "
        "relevance: it takes {needed:plain} in each"
    ),
    C.LOW_SCORES: "{share:share} ({bounds:interval share}, {n:support scores}) of the scores{by} are low",
    C.RELEVANCE_IS: "relevance is {mean:score} ({bounds:interval score}, {n:support scores}{by})",
    C.CLASS_RELEVANCE_IS: (
        "relevance of answers predicted {name} is {mean:score} ({bounds:interval score}, {n:support scores}{by})"
    ),
    C.BY_SOURCE: " by {source}",
    C.WAS_SCORE: ", was {was:score} in the reference",
    C.OVER_LOW_SHARE: ", over {limit:share}",
    C.BELOW_SCORE: ", below {limit:score}",
    C.ACCURACY_HOLDS: (
        "; accuracy holds meanwhile ({now:share}, was {then:share} in the reference): the right class, but answers "
        "that help less"
    ),
    # model_retirement
    C.NOBODY_ANSWERS: "no prediction in the window, so it is not known which model answers",
    C.TURNED_OFF_ON: "model {model} is turned off on {day}, in {left:days}",
    C.TURNED_OFF_TODAY: "model {model} is turned off today, {day}, and still answers",
    C.TURNED_OFF_BEFORE: "model {model} was to be turned off on {day}, {ago:days} ago, and still answers",
    C.ANSWERS_NOTHING: "model {model}, which retires on {day}, answers nothing any more{instead}",
    C.ANSWERS_INSTEAD: "; now answering: {names:list}",
}
"""The words of each clause that a check can say."""
