"""What others import of tunewatch: `tunewatch.log` for chatbots, `tunewatch.open_history` for analysts.

`tunewatch.log` needs nothing but Python; so what needs more is imported when it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunewatch.frames import HistoryFrames, open_history

__all__ = ["HistoryFrames", "open_history"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    if name in __all__:
        from tunewatch import frames  # noqa: PLC0415 - it takes seconds to import pandas

        return getattr(frames, name)
    raise AttributeError(f"module 'tunewatch' has no attribute {name!r}")
