"""Numbers for readers: as many digits as tell a number from its neighbours, and never a rounding to another number."""

import datetime
import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from .svg import ChartError

Cell = float | int | str

#: How many digits of a float mean something: with so many, 0.1 + 0.2 is 0.3.
EXACT = 15
#: How many significant digits a number has, unless it needs more.
ENOUGH = 4
#: The longest whole number that is shown.
LONGEST_WHOLE = 30
#: Numbers nearer to zero, or farther from it, are written as 6.022 × 10²³.
SMALLEST, LARGEST = 1e-12, 1e22
MOST_DECIMALS = 16
#: A format spec that gives a width, where a precision is meant: ":2f".
WIDTH_ONLY = re.compile(r"[,_]?(\d+)([fF%])")


def plain_number(value: float, others: Iterable[Cell] = ()) -> str:
    """A number for readers: the whole part in full, thousands separators, no exponent, a true minus.

    It has four significant digits; more, if it would otherwise look like a rounder number, or like one of the ``others``.

    >>> [plain_number(x) for x in (5256, 0.5256, 1e-6, -3, 12345.678, 0, 1 / 3, 0.99999, 0.1 + 0.2)]
    ['5,256', '0.5256', '0.000001', '−3', '12,346', '0', '0.3333', '0.99999', '0.3']
    >>> plain_number(0.99993, [0.99993, 0.99991]), plain_number(0.12344, [0.12341])
    ('0.99993', '0.12344')
    """
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if power := _powers(value):
        return power
    near = [
        other for other in others if isinstance(other, int | float) and other != value and abs(other - value) < abs(value) / 100
    ]
    for digits in range(ENOUGH, EXACT):
        text = _rounded(value, digits)
        if _says(text, value, digits) and text not in {_rounded(other, digits) for other in near}:
            return text
    return _rounded(value, EXACT)


def plain_numbers(values: Sequence[Cell]) -> list[str]:
    """The cells of a column; numbers that differ look different."""
    return [value if isinstance(value, str) else plain_number(value, values) for value in values]


def tick_labels(values: Sequence[float]) -> list[str]:
    """The labels of the ticks of an axis: as many decimals as tell where each stands.

    >>> tick_labels([0.9999, 0.99993, 0.99997, 0.99999]), tick_labels([0, 0.5, 1]), tick_labels([1e-9, 1e-8, 1])
    (['0.9999', '0.99993', '0.99997', '0.99999'], ['0', '0.5', '1'], ['0.000000001', '0.00000001', '1'])
    """
    places = sorted(set(values))
    gap = min((after - before for before, after in pairwise(places)), default=abs(places[0]) if places else 1.0)
    # What is no nearer to zero than to its neighbour is no rounding error.
    values = [0.0 if abs(value) < gap / 1e6 else value for value in values]
    small = [min(gap, abs(value)) / 2000 for value in values if value]
    fits = (n for n in range(MOST_DECIMALS) if all(abs(round(v, n) - v) <= min(small) for v in values))
    decimals = next(fits, MOST_DECIMALS)
    return [_powers(value) or _trimmed(f"{value:,.{decimals}f}") for value in values]


def formatted(value: Cell, spec: str) -> str:
    """A value in the format ``spec`` of Python. A number that is rounded to zero has no minus.

    Raises ValueError for a spec that Python does not know, or that says something else than what its author means.
    """
    if width := WIDTH_ONLY.fullmatch(spec):
        kind = {"F": "f"}.get(width[2], width[2])
        raise ValueError(f"{width[1]} is its width; for the number of digits, write :.{width[1]}{kind}")
    if spec.endswith("d") and isinstance(value, float):
        raise ValueError("it is no whole number; for one without decimals, write :,.0f")
    if spec.endswith("%%"):
        raise ValueError("one % multiplies by a hundred and prints the sign; write :.1%")
    text = format(value, spec)
    if not isinstance(value, str):
        if not re.search("[1-9a-z]", text) and "-" in text:
            text = format(abs(value) * 0, spec)
        text = text.replace("-", "−")
    return text


def exact_number(value: float) -> str:
    """A number with all its digits.

    >>> [exact_number(x) for x in (1234567, 5.0, -0.0, 1e-9, 1e21, 0.99999)]
    ['1,234,567', '5', '0', '0.000000001', '1,000,000,000,000,000,000,000', '0.99999']
    """
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    return _powers(value) or _trimmed(f"{Decimal(repr(value)):,f}")


def native(value: object) -> Cell:
    """A number of Python or numpy as Python's own, a date as text; a text unchanged. Raises ChartError for any other value."""
    if isinstance(value, str):
        return str(value)
    kind, number = str(getattr(value, "dtype", "")), value
    if kind and getattr(value, "size", 0) == 1:
        number = value.item()  # type: ignore[attr-defined]
        if kind in {"float16", "float32", "float128"}:
            number = float(str(number if getattr(value, "ndim", 0) else value))  # 0.1 in 32 bits is 0.1
        elif kind.startswith("datetime64"):
            number = datetime.datetime.fromisoformat(str(value)[:26]) if ":" in str(value) else number
    if isinstance(number, Fraction | Decimal):
        number = float(number)
    if isinstance(number, datetime.datetime):
        return number.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    if isinstance(number, datetime.date):
        return number.isoformat()
    if isinstance(number, bool) or not isinstance(number, int | float):
        fix = "; write yes or no" if isinstance(number, bool) else ""
        raise ChartError(f"{shown(value)} is neither text nor a finite number{fix}")
    if isinstance(number, float) and not math.isfinite(number):
        raise ChartError(f"{shown(value)} is neither text nor a finite number; leave it out, or write in words what it means")
    if isinstance(number, int) and number.bit_length() > LONGEST_WHOLE * 4:
        raise ChartError(f"a whole number of more than {LONGEST_WHOLE} digits; return float(…) of it")
    return 0.0 if number == 0 and isinstance(number, float) else number.__index__() if isinstance(number, int) else float(number)


def shown(value: object) -> str:
    """A value as a message shows it."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"


def _rounded(value: float, digits: int) -> str:
    """A number with so many significant digits, but the whole part in full."""
    if value == 0:
        return "0"
    return _trimmed(f"{value:,.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}")


def _powers(value: float) -> str:
    """A very large or very small number with a power of ten; empty for others.

    >>> _powers(6.022e23), _powers(-1e-20), _powers(1.0)
    ('6.022 × 10²³', '−10⁻²⁰', '')
    """
    if value == 0 or SMALLEST <= abs(value) < LARGEST:
        return ""
    digits, _, power = f"{value!r}".partition("e")
    raised = str(int(power or 0)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    front = digits.replace("-", "−").removesuffix(".0")
    return f"{front.removesuffix('1')}10{raised}" if front in {"1", "−1"} else f"{front} × 10{raised}"


def _trimmed(text: str) -> str:
    text = (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    return "0" if text == "−0" else text


def _says(text: str, value: float, digits: int) -> bool:
    """Whether a rounded number looks rounded, or is the number: 1 is not 0.99999."""
    shown = [digit for digit in text if digit.isdecimal()]
    significant = "".join(shown).lstrip("0")
    return (len(significant) >= digits and ("." in text or significant[-1] != "0")) or text == _rounded(value, EXACT)
