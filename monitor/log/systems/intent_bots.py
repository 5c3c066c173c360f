"""Bots that log intents themselves: Dialogflow CX, Amazon Lex V2 and Rasa."""

from typing import Final

from monitor.log.systems.system import Part, System

DIALOGFLOW: Final = System(
    name="dialogflow",
    title="Dialogflow CX",
    reads="export to BigQuery, from there as Parquet or JSON lines",
    predictions=Part(
        known_by=(frozenset({"conversation_name", "turn_position", "request_time", "request", "response"}),),
        settings={
            "columns": {
                "id": "response.responseId",
                "at": "request_time",
                "predicted": "response.queryResult.match.intent.displayName",
                "confidence": "response.queryResult.match.confidence",
                "text": ["response.queryResult.text", "response.queryResult.transcript"],
                "model_version": "agent_id?",
            },
        },
    ),
)

LEX: Final = System(
    name="lex",
    title="Amazon Lex V2",
    reads="conversation logs (JSON lines)",
    predictions=Part(
        known_by=(frozenset({"sessionId", "requestId", "inputTranscript", "interpretations"}),),
        settings={
            "columns": {
                "id": "requestId",
                "at": "timestamp",
                "predicted": "interpretations[0].intent.name",
                "confidence": ["interpretations[0].nluConfidence.score", "interpretations[0].nluConfidence"],
                "text": "inputTranscript",
                "model_version": "botVersion?",
            },
        },
    ),
)

RASA: Final = System(
    name="rasa",
    title="Rasa",
    reads="events of the event broker (JSON lines, or an SQL table)",
    predictions=Part(
        known_by=(frozenset({"sender_id", "event", "timestamp", "parse_data"}),),
        settings={
            "columns": {
                "id": "message_id",
                "at": "timestamp",
                "predicted": "parse_data.intent.name",
                "confidence": "parse_data.intent.confidence",
                "text": "text",
                "model_version": "metadata.model_id?",
            },
            "where": {"event": "user"},
        },
    ),
)
