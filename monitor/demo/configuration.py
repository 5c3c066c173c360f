"""The configuration that the demo leaves behind, to be read, changed and used."""

from typing import Final

MARK: Final = "# Written by `tunewatch demo`, which writes it anew each time: copy it before you change it."
"""First line, by which the demo knows a folder of its own again."""

CONFIGURATION: Final = (
    MARK
    + """
# Every key, with its default, is in docs/configuration.md. Paths are relative to this file.

history:
  url: "sqlite:///history.db"        # all that tunewatch remembers; any SQL client can read it

monitors:
  support-bot:
    every: 15m                       # how often the daemon looks
    source:                          # what the chatbot already writes; tunewatch only reads it
      predictions:
        files: "logs/support-bot/predictions*.parquet"
        columns: {id: prediction_id, at: ts, predicted: predicted, text: text, confidence: confidence,
                  latency_ms: latency_ms, model_version: model_version, prompt_version: prompt_version,
                  prompt_tokens: prompt_tokens, completion_tokens: completion_tokens}
      labels:                        # the truth, hours or days later, for some of the messages
        files: "logs/support-bot/labels*.parquet"
        columns: {id: prediction_id, label: label, at: labelled_at}
    classes:
      urgent: {min_recall: 0.80}     # the one class that must not be missed
    checks:
      latency: {p95_ms: 2000}
    study: {every: 7d}               # of sampled rows, for drift; every day unless set, but the demo is to be quick

  claims-bot:
    every: 15m
    source:
      predictions:
        files: "logs/claims-bot/predictions*.parquet"
        columns: {id: prediction_id, at: ts, predicted: predicted, text: text, confidence: confidence,
                  latency_ms: latency_ms, model_version: model_version, prompt_version: prompt_version,
                  prompt_tokens: prompt_tokens, completion_tokens: completion_tokens}
      labels:
        files: "logs/claims-bot/labels*.parquet"
        columns: {id: prediction_id, label: label, at: labelled_at}
    checks:
      accuracy: {good: 0.85}         # the target; prompt after prompt stays below it
    study: {every: 7d}

# To be told in Slack too, and with the token in TUNEWATCH_SLACK__TOKEN:
# slack: {channel: "#chatbot-oncall"}
"""
)
