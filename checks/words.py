"""Numbers for a person."""


def percent(share: float) -> str:
    """A share in [0, 1] with two digits that matter.

    >>> percent(0.124), percent(0.0431), percent(0.0)
    ('12%', '4.3%', '0%')
    """
    return f"{share:.1%}" if 0 < share < 0.0995 else f"{share:.0%}"  # noqa: PLR2004 - one digit before the point


def signed_points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign.

    >>> signed_points(-0.0412), signed_points(0.13), signed_points(-0.0001)
    ('-4.1', '+13.0', '0.0')
    """
    return f"{difference * 100:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
