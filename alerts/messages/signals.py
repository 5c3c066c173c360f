"""What signals and advice say, in words: a template for each clause, with the form of each number."""

from typing import Final

from checks.advice.deciding.signal_clause import SignalClause as C

SIGNALS: Final[dict[C, str]] = {
    # versions and metrics, by name
    C.VERSIONS: "{prompt} on {model}",
    C.PROMPT: "prompt {name}",
    C.MODEL: "model {name}",
    C.UNLOGGED_PROMPT: "an unlogged prompt",
    C.UNLOGGED_MODEL: "an unlogged model",
    C.RECALL: "recall of {name}",
    C.PRECISION: "precision of {name}",
    C.ACCURACY: "accuracy",
    C.WITHIN: "the share of answers within {limit:count} ms",
    C.RELEVANCE: "relevance{of}{by}",
    C.OF_PREDICTED: " of answers predicted {name}",
    C.BY_SOURCE: " by {source}",
    # deciding
    C.NO_ACTION: "No action has enough behind it: none scores {least:setting} or more.",
    C.TIED: "Too close to each other to choose: {one:done} and {other:done}.",
    C.NOTHING_SPEAKS: "Nothing here speaks of it.",
    C.NOT_THIS: "Against {action:done}: {why}",
    C.AS_KEPT: "{text}",
    # quiet
    C.NOTHING_ALARMS: "Nothing alarms, so there is nothing to do.",
    C.NEAREST_LIMIT: "What would change that first: {check} of {subject} passing its limit ({finding}).",
    C.NOT_KNOWN: "Not known for want of data: {findings:list}{more}. More labels would tell.",
    C.NOT_KNOWN_OF: "{check} of {subject} ({n:support labels})",
    C.AND_MORE: " and {n:plain} more",
    # watch
    C.LOOK_UNREADABLE: (
        "Nobody watches the chatbot while the looks fail. Give tunewatch its access back: the path or address in the "
        "source, the network, the permissions; `tunewatch validate` tries it."
    ),
    C.LOOK_NOT_LOGGED: (
        "Nobody watches the chatbot while the looks fail. Correct the columns of the source: `tunewatch validate` "
        "tries them, `tunewatch init` proposes others."
    ),
    C.LOOK_CLOCK: (
        "Nobody watches the chatbot while the looks fail. Set this machine's clock right; if it is right, `tunewatch "
        "history repair` sets the looks aside that are dated after it."
    ),
    C.LOOK_CRASHED: ("Nobody watches the chatbot while the looks fail. The log of tunewatch has the traceback."),
    C.FINDING: "{finding:capital}.",
    C.CANNOT_TELL: (
        "What happens is told in the other channels alone, and kept until it can be told. `tunewatch test-alert` tries "
        "every channel."
    ),
    C.OUR_FAULT: (
        "This is a fault of tunewatch, not of the chatbot: nothing watches {checks:list} until it is mended."
    ),
    C.OUR_FAULT_BLIND: ("This is a fault of tunewatch, not of the chatbot: no look succeeds until it is mended."),
    C.TRACEBACK: "The log of tunewatch has the traceback.",
    C.INVALID_LOG: "The evidence is not valid, repair the log first: {findings:sentences}.",
    # plain
    C.ONLY_LATENCY: "Only latency alarms, quality does not: {finding}.",
    C.TRAFFIC_UP: (
        "{finding:capital}. Find out who sends so much: a retry loop, a load test, or news; the chatbot's quality is "
        "not in question."
    ),
    C.TRAFFIC_DOWN: (
        "{finding:capital}. Is the chatbot up, and does its log still arrive? Look at the last deployment and at the "
        "shipping of the log."
    ),
    C.LABELS_STOPPED: ("{finding:capital}. Without labels, a fall in quality stays unseen: get labelling going again."),
    # evidence
    C.FEW_LABELS: (
        "The alarm on {metric} rests on {n:plain} {unit}; under {least:plain} nothing can be concluded about its cause."
    ),
    C.NEWEST_TO_COME: "Labels of the newest days are still to come: the numbers may move.",
    C.NO_EARLIER_COVERAGE: "There is no earlier share of labelled messages to compare with.",
    C.COVERAGE: "{now:share} of the messages are labelled, {then:share} were earlier.",
    C.COVERAGE_FELL: (
        "{now:share} of the messages are labelled, {then:share} were earlier: those labelled now may not be a fair "
        "sample."
    ),
    C.BROKEN_LABELS: (
        "{broken:count} label rows cannot be used (no class, no time or no prediction of that id), {usable:count} can."
    ),
    # label_noise
    C.NOISE_UNKNOWN: "Too few labelled messages with a text for a second opinion on labels.",
    C.LABELS_LOOK_WRONG: (
        "In {errors:measured} a model trained on the other labels sides with the chatbot against the label: "
        "{rows:share} of the labels look wrong."
    ),
    C.LABELS_MAY_BE_WRONG: (
        "In {errors:measured} a model trained on the other labels sides with the chatbot against the label: "
        "{rows:share} of the labels may be wrong."
    ),
    C.DISAGREEMENT_UNKNOWN: "Too few near-duplicate messages have labels that could be compared.",
    C.DISAGREEMENT: "Of messages that say nearly the same, {share:measured} have different labels.",
    C.CONFIDENCE_UNKNOWN: "Too few errors have a confidence to say how sure the chatbot was of them.",
    C.CONFIDENT_ERRORS: "The chatbot was at least 90% sure of {share:measured}.",
    # model_ends
    C.NOT_TUNABLE: "The model {model} cannot be fine-tuned: another one has to be tried first (`tunewatch try`).",
    C.RETIRES_SOON: (
        "The model {model} is turned off on {day}, in {days:days}, before a fine-tune of it would pay "
        "({payback:count} days): try its successors (`tunewatch try`), and fine-tune the one that takes over."
    ),
    C.RETIRES_LATER: (
        "The model {model} is turned off on {day}, in {days:days}; a fine-tune of it pays within {payback:count}."
    ),
    C.OLDER_IS_OFF: "The model {model} was turned off on {day}: nothing leads back to it.",
    C.OLDER_IS_THERE: "The model {model} is there to go back to until it is turned off on {day}.",
    # retirement
    C.WILL_FAIL: (
        "From the day on which its provider turns {names:list} off, what it answers now fails. A fine-tune of it would "
        "go with it."
    ),
    C.PLAN_SAMPLE: (
        "First draw the sample that successors are tried on, labelled messages of production: `tunewatch try sample`."
    ),
    C.PLAN_LABELS: (
        "No message has a label, so no successor can be compared by what is right: label some of this model's answers "
        "first (`tunewatch label-queue`), then draw the sample (`tunewatch try sample`)."
    ),
    C.PLAN_CANDIDATES: (
        "Then let each successor answer it, with today's prompt and with one that is revised for it: `tunewatch try "
        "judge DIR --run URL --model SUCCESSOR` says with an interval what production would gain or lose."
    ),
    C.PLAN_CANARY: (
        "Ship the best to a canary, of the size and for the time that `try judge` names, early enough to go back."
    ),
    C.PLAN_COMPARE: (
        "Compare both versions in production before the rest moves; this is over once the old one answers nothing."
    ),
    # class_labels
    C.NO_LABELS: "No message is labelled.",
    C.TOTAL_SHORT: (
        "Each of the {classes:count} classes has its labels, and all together have {n:count}: a fine-tune needs "
        "{needed:count}."
    ),
    C.CLASS_LABELS: (
        "Each of {classes:plain} classes has the {needed:plain} labels that a fine-tune wants ({name} the fewest, with "
        "{fewest:count})."
    ),
    C.CLASSES_SHORT: (
        "{short:plain} of {classes:plain} classes have under the {needed:plain} labels that a fine-tune wants: "
        "{some:list}{more}."
    ),
    C.CLASS_HAS: "{name} has {n:plain}",
    C.WITH_FEWEST: " (the {n:plain} with the fewest)",
    # newest
    C.REPLACED: ("{gone:capital_list} failed and no longer answers; {run} does, with {metric} {share:measured}."),
    C.UNPROVEN_VERSION: (
        "{gone:capital_list} failed and no longer answers. {run:capital} took over and has {n:plain} {unit} for "
        "{metric}: it can be judged from {needed:plain} on."
    ),
    # revisions
    C.PROMPTS_NOT_LOGGED: (
        "The log does not say prompt versions, so it is not known how many prompts were tried: log prompt_version."
    ),
    C.ONE_TRIED: "{n:plain} prompt was tried on this model in the time that is kept",
    C.SEVERAL_TRIED: "{n:plain} prompts were tried on this model in the time that is kept",
    C.TRIED_AND_MEASURED: "{tried}, {measured:plain} with enough labels to judge.",
    C.TRIED_UNMEASURED: "{tried}, but only {measured:plain} have enough labels to judge.",
    C.TRIED_FEW: ("Only {tried}; with fewer than {least:plain}, another revision is the cheapest thing to try."),
    C.UNPROVEN_PROMPTS: "{short:plain} of {prompts:plain} prompts have too few labels to say how good they were.",
    C.PROMPT_SHARE: "{prompt} {share:measured}",
    C.ON_PLATEAU: ("{n:plain} prompts are on a plateau under the {wanted:share} wanted of {metric}: {shown:list}."),
    C.STILL_IMPROVE: "New prompts still improve {metric}: {shown:list}.",
    C.PLATEAU_UNTOLD: (
        "It cannot be told yet whether prompts have reached their limit in {metric} ({wanted:share} wanted): "
        "{shown:list}."
    ),
    C.PROMPT_REACHES: "The best prompt reaches the {wanted:share} wanted of {metric}: {shown:list}.",
    C.PLATEAU_NEEDS: "A plateau needs {least:plain} prompts with enough labels each.",
    # steps
    C.COMPARED: (
        "{metric:capital} was {before:measured} with {older} and is {after:measured} with {newer}{fixed}{made}"
    ),
    C.SAME_MODEL: " on the same model {name}",
    C.SAME_PROMPT: " on the same prompt {name}",
    C.MODEL_UNKNOWN: (" (the log does not say the model, so a change of it at the same time cannot be ruled out)"),
    C.PROMPT_UNKNOWN: (" (the log does not say the prompt, so a change of it at the same time cannot be ruled out)"),
    C.STEPPED: ": {size:whole_points} less ({bounds:between}). {newer:capital} came after {since:when}.",
    C.NEAR_IT: ": it fell near the change of {since:when}, and perhaps not at it.",
    C.TO_COME: (
        ": {size:whole_points} less. But {newer} came only after {since:when}, and most of its labels are still to "
        "come; if they are all right, there is no fall."
    ),
    C.FELL_LATER: " next to the change of {since:when}; much of the fall came later, within {newer}.",
    C.LOW_BEFORE: " next to the change of {since:when}: it had fallen before {newer} came.",
    C.WELL: ", which is no failure of {newer}.",
    C.UNSURE: ": the difference may be {bounds:between}, so it cannot be told whether the change made one.",
    C.NO_FALL: ": no fall that explains the failure ({bounds:between} less).",
    C.NOT_COMPARED: "{metric:capital} of {older} cannot be compared with {newer}: one has under {needed:plain} {unit}.",
    C.PROMPTS_NOT_TIED: (
        "The log does not say prompt versions, so a fall cannot be tied to a change of prompt: log prompt_version with "
        "each prediction."
    ),
    C.MODELS_NOT_TIED: (
        "The log does not say model versions, so a fall cannot be tied to a change of model: log model_version with "
        "each prediction."
    ),
    C.ONLY_PROMPT: (
        "Only prompt {name} answered in the time that is kept, so there is no earlier prompt to go back to."
    ),
    C.ONLY_MODEL: ("Only model {name} answered in the time that is kept, so there is no earlier model to go back to."),
    C.NO_PAIR_OF_PROMPTS: (
        "No earlier prompt answered on the same model as one that answers now, with enough data to compare, so the "
        "prompt's own part cannot be told."
    ),
    C.NO_PAIR_OF_MODELS: (
        "No earlier model answered on the same prompt as one that answers now, with enough data to compare, so the "
        "model's own part cannot be told."
    ),
    C.NOT_TOGETHER: "Prompt and model did not change together at a fall.",
    C.TOGETHER: (
        "{compared} Prompt and model changed together, so the log cannot say which of them did it. Going back to "
        "{older} undoes both, if users cannot wait."
    ),
    C.NO_DRIFT: "No fall in time is seen within a version that answers now.",
    C.DRIFT: (
        "{metric:capital} fell from {before:measured} to {after:measured} within {run}: no change of version explains "
        "that; the messages changed, or something behind the same version name did."
    ),
    C.NEAR_CHANGE: (
        "{metric:capital} fell near the change from {older} to {newer} on {since:when}, or on {elsewhere:when}: the "
        "labels do not say which."
    ),
    C.WAIT_FOR_LABELS: (
        "Wait for the labels of {newer}: {metric} rests on {n:plain} so far, most are still to come, and errors may "
        "just have been labelled first."
    ),
    # silent_change
    C.BEHAVIOUR_UNKNOWN: "There is too little of one version to see whether its behaviour stepped.",
    C.BEHAVIOUR_AS_BEFORE: "Confidence and latency are as before within each version that answers.",
    C.BEHAVIOUR_STEPPED: (
        "{moved:capital_list} within {run}, and the messages are as before: something behind the same version name "
        "changed. Ask the provider, and pin a dated model."
    ),
    C.STEPPED_WITH_MESSAGES: "{moved:capital_list} within {run}, but the messages changed too.",
    C.STEPPED_UNKNOWN: "{moved:capital_list} within {run}, but whether the messages changed is not known.",
    C.CONFIDENCE_MOVED: "the confidence of {share:share} of the answers moved",
    C.LATENCY_MOVED: "the median latency is {times:digits} times what it was",
    # new_topic, new_class
    C.TOPIC_UNKNOWN: "The text of the messages is not known, so a new topic could not be looked for.",
    C.NO_TOPIC: "No new topic: {share:share} of the messages are unlike those before, as by chance.",
    C.TOPIC: "{share:share} of the messages ({bounds:interval share}) are unlike those before{words}",
    C.BY_WORDS: ", by words such as {words:list}",
    C.TOPIC_EXPLAINS: (
        "{topic}. {error:measured} of them are answered wrongly, {others:share} of the others: they make "
        "{of_errors:share} of all errors, and are why it fell."
    ),
    C.TOPIC_NO_CAUSE: (
        "{topic}. {error:measured} of them are answered wrongly, {others:share} of the others: they make "
        "{of_errors:share} of all errors, and are not why it fell."
    ),
    C.TOPIC_UNLABELLED: (
        "{topic}. Only {n:plain} of those sampled have a label: label some to see how they are answered."
    ),
    C.FEW_EARLIER_LABELS: "There are too few earlier labels to say which classes are new.",
    C.NO_NEW_CLASS: "Every class of the labels was there before.",
    C.NEW_CLASS: "No label named {name} before; now {n:count} do, and {share:measured} of those are recognised.",
    # unparseable, unknown_class
    C.NO_PREDICTIONS: "There are no predictions.",
    C.UNPARSED: "{share:measured} name no class{up}; they make {of_errors:share} of the errors.",
    C.UP_FROM: ", up {rise:whole_points} from {then:share} in the reference",
    C.CLASSES_KNOWN: "Every class that is answered is one that labels have.",
    C.UNKNOWN_CLASSES: "{share:measured} name {names:list}, which no label ever had.",
    # confusions, inconsistent, missed_class
    C.FEW_ERRORS: "Only {n:plain} labelled errors: too few to see whether they have a pattern.",
    C.CONCENTRATED: (
        "The {n:plain} labelled errors are concentrated: the top {top:plain} make {share:share} of all errors (an even "
        "spread: {even:share}): {pairs:list}."
    ),
    C.SPREAD: (
        "The {n:plain} labelled errors are spread: the top {top:plain} make {share:share} of all errors (an even "
        "spread: {even:share}): {pairs:list}."
    ),
    C.TAKEN_FOR: "{label} taken for {predicted} ({n:plain} of them, {share:share})",
    C.CONSISTENCY_UNKNOWN: "Too few near-duplicate messages to see whether answers are consistent.",
    C.INCONSISTENT: "Of messages that say nearly the same, {share:measured} are answered differently.",
    C.MISSED_UNKNOWN: "No critical or rare class has enough labels to see whether it is missed.",
    C.NOT_MISSED: (
        "Over the last {window:duration}, recall of {name} is {recall:measured}, not far under accuracy at "
        "{accuracy:share}."
    ),
    C.MISSED: (
        "Over the last {window:duration}, the class {name} is missed while accuracy is {accuracy:share}: its recall is "
        "{recall:measured}; it is taken for {others:list}."
    ),
    C.MISSED_AS: "{name} ({n:plain} labelled)",
    # low_side
    C.RECALL_IS_LOW: (
        "Recall of {name} is the low side: {recall:measured}, {gap:whole_points} ({bounds:between}) under its "
        "precision of {precision:measured}."
    ),
    C.PRECISION_IS_LOW: (
        "Precision of {name} is the low side: {precision:measured}, {gap:whole_points} ({bounds:between}) under its "
        "recall of {recall:measured}."
    ),
    # tokens
    C.TOKENS_NOT_LOGGED: "Tokens are not logged, so it is not known whether answers or prompts grew.",
    C.TOKENS_AS_BEFORE: (
        "Prompts and answers have as many tokens as before, or slower answers do not have more of them."
    ),
    C.PROMPTS_LONGER: (
        "The prompts have {now:count} tokens (median of {n:count}), {then:count} before, and the longer ones are the "
        "slower ones: shorten the prompt, or cache the part that stays the same."
    ),
    C.ANSWERS_LONGER: (
        "The answers have {now:count} tokens (median of {n:count}), {then:count} before, and the longer ones are the "
        "slower ones: ask for shorter answers, or limit them."
    ),
    # checked, relevance
    C.GAP_UNKNOWN: "No offline figures of the model that answers are known: set model_versions.",
    C.LEAKAGE_UNKNOWN: "No training or evaluation messages of the model are registered: see tunewatch register.",
    C.BIAS_UNKNOWN: "No segment was answered by two prompts with enough labels to compare.",
    C.GAP: (
        "{finding:capital}. The model learned its examples rather than the task, or they are not like the traffic: "
        "label fresh messages before training again."
    ),
    C.LEAKAGE: (
        "{finding:capital}. Its figures are flattered by what it remembers: judge it by messages that it has not seen."
    ),
    C.BIAS: "{finding:capital}. The new prompt hides a weakness there, whatever it gained elsewhere.",
    C.RELEVANCE_WELL: "Relevance does not alarm.",
    C.RELEVANCE_AND_CLASSES: (
        "{finding:capital}; classes go wrong too ({checks:commas}), so relevance is part of the same problem."
    ),
    C.RELEVANCE_ONLY: (
        "{finding:capital}. No class alarms: what the answers say is worth a look, not which class they choose."
    ),
    C.NEW_JUDGE: (
        "{finding:capital}, but the reference has no scores of this source: a new judge may be stricter, so have some "
        "earlier answers scored by it before the chatbot is changed."
    ),
    C.SAME_JUDGE: "Scores are compared with earlier ones of the same source.",
    # experiments
    C.LOG_VERSIONS: (
        "Log prompt_version and model_version with each prediction, so that a fall can be tied to a change."
    ),
    C.LOG_VERSIONS_FIRST: (
        "Log prompt_version and model_version with each prediction, so that a fall can be tied to a change. {then}"
    ),
    C.CROSS: (
        "Run prompt {prompt} on model {model} for about {messages}{among}: if {metric} stays near {after:share} the "
        "prompt did it, near {before:share} the model did."
    ),
    C.AMONG: " (they come among some {n:count} messages, at {share:share} {name})",
    C.TWO_STEPS: (
        "Run prompt {prompt} on model {model} for a share of the traffic: if that restores {metric}, going back to it "
        "is enough; if not, the model goes too."
    ),
    C.COMPARE: (
        "Send about {messages} of today through {older} again: if {metric} is near {before:share} the change did it, "
        "near {after:share} something else did."
    ),
    C.REPLAY: (
        "Send about {messages} from before the fall through today's chatbot: if {metric} is near {before:share} as it "
        "was then, the messages have changed; near {after:share}, something behind the same version name has."
    ),
    C.LABEL_NEWER: "Label about {messages} answered by {newer}, to tell whether it is worse than {older}.",
    C.LOOK_AT_MESSAGES: "Look at the messages that the alarm is about, and label some of them.",
    C.LABEL_MORE: "Label about {messages} more, so that each cause can be tested.",
    C.REQUESTS_OF_CLASS: "{n:count} labelled {name} requests",
    C.ANSWERS_OF_CLASS: "{n:count} labelled answers of {name}",
    C.REQUESTS: "{n:count} requests",
    C.MESSAGES: "{n:count} labelled messages",
}
"""The words of each clause that a signal or an advice can say."""
