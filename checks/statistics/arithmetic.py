"""Division where there may be nothing to divide by, and bisection."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def safe_divide(part: Floats, whole: Floats, otherwise: float = 0.0) -> Floats:
    """`part / whole`, element by element, and `otherwise` where `whole` is not positive. Shapes are broadcast.

    >>> safe_divide(np.array([1.0, 2.0]), np.array([4.0, 0.0]))
    array([0.25, 0.  ])
    """
    is_there = whole > 0
    if is_there.all():  # to divide everything takes a fifth of the time of dividing here and there
        return np.asarray(np.divide(part, whole))
    alike = part.shape == whole.shape  # mostly; to ask numpy for the common shape takes longer than to divide
    shape = part.shape if alike else np.broadcast_shapes(part.shape, whole.shape)
    out = np.full(shape, otherwise) if otherwise else np.zeros(shape)  # which takes a third of the time
    np.divide(part, whole, out=out, where=is_there)
    return out


def run_starts(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each run of equal numbers begins.

    >>> run_starts(np.array([3, 3, 5, 3])).tolist()
    [0, 2, 3]
    """
    begins = np.ones(numbers.size, dtype=bool)
    np.not_equal(numbers[1:], numbers[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def bisect(is_too_low: Callable[[float], bool], low: float, high: float, *, halves: int = 1100) -> tuple[float, float]:
    """The two ends of an interval that was halved until no number lies between them, or `halves` times.

    `is_too_low(low)` should hold and `is_too_low(high)` should not. 1,100 halves are enough for any two floats. To
    import `scipy.optimize` instead would take 0.2 s and 24 MB.

    >>> round(bisect(lambda x: x * x < 2, 0.0, 2.0)[0], 6)
    1.414214
    """
    for _ in range(halves):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if is_too_low(middle) else (low, middle)
    return low, high
