"""The MCP server over stdio, asked by the SDK's own client."""

import json
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.monitor.cli.commands.conftest import make_home
from tests.support.chat_log import BREAK, END
from tests.support.program import environment, run_here


async def asked(home: Path) -> dict[str, Any]:
    """What each tool answers."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "monitor.cli", "mcp"], cwd=home, env=environment()
    )
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        found: dict[str, Any] = {"tools": {tool.name: tool.annotations for tool in tools}}
        for name, arguments in (
            ("status", {}),
            ("open_incidents", {}),
            ("explain", {"incident": "quality-"}),
            ("history", {"monitor": "support-bot", "metric": "recall", "class_name": "urgent"}),
        ):
            answer = await session.call_tool(name, arguments)
            assert not answer.is_error, answer
            found[name] = json.loads(answer.content[0].text)  # type: ignore[union-attr]
        found["wrong"] = await refused(session, "explain", {"incident": "nothing"})
        found["long"] = await refused(
            session, "history", {"monitor": "support-bot", "metric": "recall", "days": 10**12}
        )
        (home / "history.db").write_text("no database", "utf-8")
        found["damaged"] = await refused(session, "status", {})
        return found


async def refused(session: ClientSession, tool: str, arguments: dict[str, Any]) -> str:
    """What an answer says that is an error."""
    answer = await session.call_tool(tool, arguments)
    assert answer.is_error
    return str(answer.content[0].text)  # type: ignore[union-attr]


def test_a_client_reads_status_incidents_explanations_and_history(tmp_path: Path, made_log: Path) -> None:
    home = make_home(tmp_path, made_log)
    span = ("--from", BREAK.isoformat(), "--to", END.isoformat(), "--every", "2d")
    assert run_here("backtest", *span, "--history", "sqlite:///history.db", cwd=home).returncode == 1
    found = anyio.run(asked, home)
    assert found["tools"].keys() == {"status", "open_incidents", "explain", "history"}
    assert all(annotations.read_only_hint for annotations in found["tools"].values())
    assert found["status"][0]["level"] == "critical"
    (incident,) = found["open_incidents"]
    assert incident["advice"]["action"] == incident["action"]
    assert found["explain"]["incident"] == incident["incident"]
    assert found["history"][-1]["metric"] == "recall"
    assert "'nothing' is not in the history" in found["wrong"]
    assert "days must be 1 to 3650" in found["long"]
    assert "cannot be used: file is not a database; history.url names a file" in found["damaged"]
