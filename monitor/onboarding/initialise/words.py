"""Names that people give to the columns, tables and classes that tunewatch looks for."""

from typing import Final


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# For each meaning the names in use, the surest first. A longer column name that has one of them as whole words
# (`bot_latency_ms`) fits too, though less.
PREDICTION_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "id": _names(
        "prediction_id request_id message_id msg_id event_id interaction_id turn_id span_id observation_id run_id "
        "trace_id call_id ticket_id conversation_id uuid guid id"
    ),
    "at": _names(
        "predicted_at answered_at requested_at logged_at ts timestamp event_time start_time at created_at "
        "occurred_at received_at created request_time started_at datetime time date"
    ),
    "predicted": _names(
        "predicted prediction predicted_class predicted_label predicted_intent pred y_pred intent class "
        "predicted_category category classification route topic label queue triage output_value"
    ),
    "text": _names("text user_message message utterance question query user_input input_value input body content msg"),
    "response": _names("response answer reply completion bot_response assistant_message output"),
    "confidence": _names("confidence probability score proba prob conf certainty"),
    "latency_ms": _names("latency_ms duration_ms response_time_ms elapsed_ms took_ms latency response_time duration"),
    "model_version": _names("model_version model model_name model_id llm deployment engine"),
    "prompt_version": _names(
        "prompt_version prompt_id prompt_name prompt_hash prompt_template template_version prompt"
    ),
    "prompt_tokens": _names("prompt_tokens input_tokens tokens_in token_count_prompt"),
    "completion_tokens": _names("completion_tokens output_tokens tokens_out token_count_completion"),
    "relevance": _names(
        "relevance relevance_score answer_relevance judge_score helpfulness helpful thumbs thumbs_up thumb "
        "feedback_score user_rating"
    ),
    "relevance_source": _names("relevance_source relevance_judge score_source judge_version judge_model judge"),
}

LABEL_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "id": _names(
        "prediction_id request_id message_id msg_id event_id interaction_id turn_id span_id observation_id run_id "
        "trace_id call_id ticket_id conversation_id uuid guid target_id ref_id reference_id item_id id"
    ),
    "label": _names(
        "label true_label true_class true_intent expected ground_truth truth gold gold_label y_true actual "
        "correct_label correct_class annotation human_label reviewed_class final_class correct target "
        "class category intent"
    ),
    "at": _names(
        "labelled_at labeled_at annotated_at reviewed_at label_ts label_time labelled labeled resolved_at "
        "closed_at updated_at created_at ts timestamp at created datetime time date"
    ),
    "labeller": _names("labeller labeler annotator reviewer labelled_by labeled_by annotated_by reviewed_by"),
    "inclusion_probability": _names("inclusion_probability sampling_probability sample_probability propensity"),
}

ABOUT_LABELS: Final = _names("label annotat truth review gold correct actual true human")
"""Parts of a name that speak of labels, and so against a column of predictions."""

NO_NAMES_OF_VERSIONS: Final = frozenset(_names("token tokens count cost price"))
"""Words in the names of columns that are no name of a version, such as llm.token_count.prompt."""

PREDICTION_TABLES: Final = _names(
    "prediction inference request message answer log event conversation observation trace span generation"
)
LABEL_TABLES: Final = _names("label annotation truth review feedback gold score assessment")

CRITICAL_CLASSES: Final = _names(
    "urgent urgency emergenc fraud complain escalat critical security safety suicid self_harm abuse "
    "threat legal stolen danger crisis outage breach hazard violen medical sos"
)
"""Beginnings of words in the names of classes that are seldom, and must not be missed."""
