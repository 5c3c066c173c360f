"""Examples that `--help` shows of each command, and of the commands of a group."""

from typing import Final

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "demo": ("tunewatch demo", "tunewatch demo --out demo"),
    "init": (
        "tunewatch init 'logs/predictions*.parquet' 'logs/labels*.parquet'",
        "tunewatch init postgresql://reader@db/chat --out tunewatch.yaml",
    ),
    "validate": ("tunewatch validate", "tunewatch validate -c tunewatch.yaml --json"),
    "once": ("tunewatch once", "tunewatch once --monitor support-bot --as-of 2026-03-29T06:00:00Z"),
    "run": ("tunewatch run -c tunewatch.yaml",),
    "status": ("tunewatch status", "tunewatch status --json", "tunewatch status || echo 'somebody should look'"),
    "watch": ("tunewatch watch", "tunewatch watch --monitor support-bot --every 1m"),
    "backtest": ("tunewatch backtest --from 2026-03-01 --to 2026-03-29 --every 1d",),
    "history": (
        "tunewatch history --since 7d",
        "tunewatch history --metric recall --class urgent --format csv > recall.csv",
        "tunewatch history --metric accuracy --format parquet --out accuracy.parquet",
    ),
    "history forget": (
        "tunewatch history forget --monitor support-bot --from 2026-03-01 --to 2026-03-02",
        "tunewatch history forget --monitor support-bot --id 4711",
    ),
    "history repair": ("tunewatch history repair", "tunewatch history repair --yes"),
    "explain": ("tunewatch explain quality-20260329", "tunewatch explain quality-20260329 --json"),
    "incidents": ("tunewatch incidents", "tunewatch incidents --all --json"),
    "ack": ("tunewatch ack quality-20260329 --for 4h --note 'looking'",),
    "snooze": ("tunewatch snooze latency-20260329 --for 2h",),
    "resolve": ("tunewatch resolve quality-20260329 --note 'rolled back by hand'",),
    "false-alarm": ("tunewatch false-alarm quality-20260329 --note 'a load test'",),
    "silence": ("tunewatch silence --monitor support-bot --family latency --for 2h --reason 'a release'",),
    "silences": ("tunewatch silences", "tunewatch silences --last 7d"),
    "unsilence": ("tunewatch unsilence 3",),
    "test-alert": ("tunewatch test-alert",),
    "decide": (
        "tunewatch decide quality-20260329",
        "tunewatch decide quality-20260329 --accept --note 'rolling back p7'",
    ),
    "report": (
        "tunewatch report quality-20260329",
        "tunewatch report --monitor support-bot --out report.html",
    ),
    "label-queue": ("tunewatch label-queue --monitor support-bot --budget 200 --out queue.csv",),
    "register": ("tunewatch register --monitor support-bot --model-version m7 --training train.jsonl",),
    "export brief": ("tunewatch export brief quality-20260329 --out brief",),
    "try": ("tunewatch try sample quality-20260329 --out try",),
    "try sample": ("tunewatch try sample quality-20260329 --out try",),
    "try judge": (
        "tunewatch try judge try --answers answers.jsonl",
        'tunewatch try judge try --run "./ask.sh {text}" --name p3',
    ),
    "export finetune": ("tunewatch export finetune support-bot --format openai --out finetune",),
    "export label-audit": ("tunewatch export label-audit quality-20260329 --budget 100 --out audit",),
    "export": ("tunewatch export brief quality-20260329 --out brief",),
    "ping": ("tunewatch ping", "tunewatch ping http://127.0.0.1:8787 --timeout 1"),
    "mcp": ("tunewatch mcp", "tunewatch mcp -c /etc/tunewatch.yaml"),
    "completion": ('eval "$(tunewatch completion bash)"', "tunewatch completion fish"),
}
"""By command, `GROUP COMMAND` for those of a group. Tests parse each."""


def epilog(name: str) -> str | None:
    """The text below a command's options; None where it has no example."""
    examples = EXAMPLES.get(name)
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples) if examples else None
