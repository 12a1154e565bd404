"""Where a sentence begins and ends."""

import re

#: A full stop, with what closes behind it, before a space; or one of East Asian scripts, which have no spaces.
STOP = re.compile(r"(?P<stop>[.?!…]+)[”’\"')\]»]*(?=\s+(?P<next>\S))|[。！？]+[」』）]*")
#: Abbreviations that stand before the rest of their sentence, and those that do so before a number. Initials are of the first.
ABBREVIATED = re.compile(
    r"(?:^|[\s(\[“‘/–—-])(?:[A-Za-z](?:\.[A-Za-z])*|al|approx|ca|cf|esp|incl|resp|viz|vs|Drs?|Mr|Mrs|Ms|Prof|Rev|Sr|Jr|St)$"
)
NUMBERED = re.compile(
    r"(?:^|\W)(?:ch|eqs?|figs?|no|nos|nr|p|par|pp|sect?|tab|vols?|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)$", re.IGNORECASE
)
#: Of the first, those that may end a sentence too.
MAY_END = re.compile(r"(?:^|\W)(?:[ap]\.m|U\.S|U\.K|Jr|Sr)$")


def sentence_ends(text: str) -> list[int]:
    """The places in ``text`` where a sentence ends and another begins, behind the marks that close the first.

    >>> sentence_ends("It takes 3.5 ms, e.g. in Fig. 3. Dr. Who asks: why? Because.")
    [32, 51]
    """
    return [stop.end() for stop in STOP.finditer(text) if _ends(text[: stop.start()], stop)]


def _ends(before: str, stop: re.Match[str]) -> bool:
    follows = stop["next"]
    if follows is None:
        return True
    if follows.islower():
        return False
    if stop["stop"] != ".":
        return True
    if NUMBERED.search(before) and follows.isdigit():
        return False
    return not ABBREVIATED.search(before) or bool(MAY_END.search(before))
