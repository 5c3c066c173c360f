"""`scipy.special`, imported when the first of its functions is called for: most commands compute nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.special import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever it is
        from scipy import special  # noqa: PLC0415 - a fifth of a second

        found = globals()[name] = getattr(special, name)
        return found
