"""Another day: time goes on for a model that is run a second time, so that a number that depends on it shows."""

import datetime
import time
from collections.abc import Callable
from typing import Any

#: How far ahead the clock is: a year and some days, so that no part of a date stays the same.
AHEAD = datetime.timedelta(days=397, hours=5, minutes=17, seconds=23)


def go_on() -> None:
    """Put the clocks of Python ahead, in this process."""
    seconds = AHEAD.total_seconds()
    now, now_ns, original = time.time, time.time_ns, {name: getattr(time, name) for name in ("localtime", "gmtime", "ctime")}
    formatted, described = time.strftime, time.asctime
    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + int(seconds) * 10**9
    for name, function in original.items():
        setattr(time, name, _at_that_time(function))
    time.strftime = lambda form, *moment: formatted(form, *moment or (time.localtime(),))
    time.asctime = lambda *moment: described(*moment or (time.localtime(),))
    datetime.date, datetime.datetime = _later(datetime.date), _later(datetime.datetime)  # type: ignore[misc]


def _at_that_time(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes the present moment unless it is given one."""

    def of(moment: float | None = None) -> Any:
        return function(time.time() if moment is None else moment)

    return of


def _later(original: Any) -> Any:
    """A class like ``original``, date or datetime, whose present is ahead."""

    class Anything(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, original)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, original)

    def present(name: str) -> Any:
        def ahead(cls: Any, *arguments: Any, **options: Any) -> Any:
            return getattr(super(later, cls), name)(*arguments, **options) + AHEAD

        return classmethod(ahead)

    names = [name for name in ("today", "now", "utcnow") if hasattr(original, name)]
    body = {name: present(name) for name in names} | {"__module__": "datetime"}
    later: Any = Anything(original.__name__, (original,), body)
    return later
