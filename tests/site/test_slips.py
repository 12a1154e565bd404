"""A slip of the keyboard is reported, or the page is whole all the same."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import append, insights, project

#: A text with everything that a slip of the keyboard can break.
BODY = """\
# A Title

A *first* paragraph with `code`, a source {cite}`one`, a {term}`Term`, and [a link](/essays/first/index.md#a-heading).

## A part

- One of **two**
- Two of {math}`a^2 \\lt b`

> Somebody said “so”.[^note]

| Case | Value |
|---|---:|
| One | 12 |

### A smaller part

```python
print(1)
```

```output
1
```

:::{note}
A box, with ![a mark](/_static/mark.svg).
:::

See [above](#a-part).

[^note]: In a note.
"""
#: What a page shows where Markdown did not parse.
LITERAL = re.compile(r"\{(?:cite|term|math|result)\}|\]\(|:::|\[\^|^#+ ?\w|\*\*", re.MULTILINE)


def slip(text: str, chance: random.Random) -> str:
    """The text with a slip or two."""
    for _ in range(chance.choice([1, 1, 2])):
        at, lines = chance.randrange(len(text)), text.splitlines(keepends=True)
        line = chance.randrange(len(lines))
        text = chance.choice(
            [
                text[:at] + text[at + chance.randrange(1, 5) :],
                text[:at] + chance.choice(list("`*[](){}#:|<>_\\\n\"'$@&~^!-=")) + text[at:],
                "".join(lines[:line] + lines[line + 1 :]),
                "".join([*lines[: line + 1], *lines[line:]]),
                "".join([*lines[:line], "\n", *lines[line:]]),
            ]
        )
    return text


@pytest.mark.parametrize("seed", range(2))
def test_any_slip_is_reported_or_leaves_a_whole_page(tmp_path: Path, seed: int) -> None:
    root, chance = project(tmp_path / "source"), random.Random(seed)
    for hidden in ("in-preparation", "in-the-future"):  # for which the check would build a preview, with all slips once more
        shutil.rmtree(root / "essays" / hidden)
    append(root / "conf.py", '\ninsights_rules["code"] = "off"\n')  # it would run sixty programs
    header = "---\ndate: 2026-05-01\ncategory: Architecture\nsummary: A summary.\n---\n"
    for number in range(60):
        text = slip(header + BODY if number % 4 == 0 else BODY, chance)
        folder = root / f"essays/slip-{number}"
        folder.mkdir()
        (folder / "index.md").write_text(text if number % 4 == 0 else header + text, encoding="utf-8")
    done = insights(root, "check")
    assert done.stderr == ""
    *found, _ = done.stdout.splitlines()
    told = {match[1] for line in found if (match := re.match(r"essays/(slip-\d+)/index\.md:\d+: \S", line))}
    assert [line for line in found if not re.match(r"essays/[\w-]+/index\.md:\d+: \S|essays/references\.bib:\d+: ", line)] == []
    for number in {*range(60)} - {int(name.rpartition("-")[2]) for name in told}:
        html = (root / f"_build/check/published/html/essays/slip-{number}/index.html").read_text(encoding="utf-8")
        page = BeautifulSoup(html, "lxml").article
        text = (root / f"essays/slip-{number}/index.md").read_text(encoding="utf-8")
        assert page, text
        for code in page.select("pre, code"):
            code.decompose()
        assert [bool(heading.get_text(strip=True)) for heading in page.select("h1")] == [True], text
        assert all(heading.get_text(strip=True) for heading in page.select("h2, h3, h4, h5, h6")), text
        assert page.select(".system-message, .problematic, img:not([alt]), img[alt='']") == [], text
        assert LITERAL.findall(page.get_text()) == [], text
        ids = {element["id"] for element in page.select("[id]")}
        assert {link["href"][1:] for link in page.select("a[href^='#']")} - ids == set(), text
