"""Try inputs that nobody would write: texts, headers, sources, pictures, models and settings, made of right ones at random.

What is quick to try is given to its function. Texts, models and settings are built, some thirty essays at a time, by
`insights check` and by `insights html`; then the essays that are refused are taken out, and the site is published. A fault is a
traceback, a crash, another exit code than 0 or 1, too much computing, and an error that only one of the two commands knows. Of
what failed, the smallest part that still fails is kept, and told in one line.

    python tests/tools/fuzz_inputs.py [--minutes 10] [--seed 7] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import ChainMap, Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import constructs
from bench import MODEL
from conftest import ROOT
from insights.check import bibliography_rules
from insights.pictures import svg
from insights.settings import SETTINGS, setting_problems
from insights.source.files import LARGEST_OTHER
from insights.source.front_matter import parse_front_matter
from lxml import etree

#: Pieces of headers and texts, right and wrong. ``tests/unit/test_fuzz.py`` puts them together in its own way.
VALUES = [
    "2026-04-28", "System Design", "true", "[]", "[latency]", "{a: b}", "*a", "&a b", "!!python/none x", "'", '"', ": ", "- ",
    "|", ">", "\t", "null", "1e999", "0x1", "~", "# c", "[{date: 2026-05-10, note: N}]", "\ufeff", "\x00", "\u2028", "? x",
    "<<: *a", "%YAML 9.9", "...", "---",
]  # fmt: skip
PIECES = [
    "# Title\n\n", "## Heading\n", "### Deep {term}`x`\n", "```python\n", "```\n", "````{note}\n", "````\n", ":::{tip} T\n",
    ":::\n", "```{chart} a b\n", ":alt: {result}`x`\n", ":alt:\n", "```{figure} x.png\n", "![](x.png)", "![a](", "[l](/essays/",
    ")", "[^1]", "[^1]: x\n", "{cite}`a,b`", "{result}`a:.1f`", "{result}`", "| a | b |\n|---|---|\n| 4.36 | \n",
    "- x\n  - y\n\n      z\n", "> q\n> ```sh\n> x\n", "<b>", "<!-- c", "$$\n", "\r\n", "\r", "\x0c", "\u2028", "\x00", "---\n",
    "(t)=\n", "{#id .c}\n", "%% c\n", "4.36 of 12.5%.", "a -- b 'c' \"d\" ...", "Simply.", "```json\n{\n```\n",
    "```yaml\na: [\n```\n", "```toml\nx\n```\n", "```{code-block} python\n:caption: x\n", "\\", "&#0;", "`", "*", "_", "{", "}",
    "~~~ py x\n",
]  # fmt: skip
SOURCES = [
    "@", "{", "}", '"', "#", ",", "=", "\\", "$", "\\url{", "\\href{a}{", "\\'{\\i}", "\\frac{1}", "$x^{", "crossref = {a},",
    "xdata = {a},", "date = {0000-13-99/..},", "@string{a = 1}", "@preamble{", "@comment{", "author = {a and and {b}, c, d, e},",
    "and others", "%", "year = {},", "@online{é,", "{\\\"", "month = jan # 1,", "title = {{}},", "@set{a, entryset = {a}}",
]  # fmt: skip
DRAWN = [
    "<", ">", "&", "&#0;", "&x;", "<!--", "]]>", "<![CDATA[",
    '<!DOCTYPE svg [<!ENTITY x "y">]>', "<?a b?>", "<style>", "</style>",
    "<g>", "</g>", 'viewBox="0 0 1e999 -1"', 'width="1e400px"', 'href="data:,', "url(", "\\75rl(", 'xmlns:x="y"', 'x:y="z"',
    'xmlns=""', "<switch><foreignObject>", "<title/>", 'attributeName="href"', '<?xml version="1.0" encoding="utf-7"?>',
]  # fmt: skip
CODE = [
    "1/0", "float('nan')", "10**400", "object()", "raise SystemExit\n", "raise KeyboardInterrupt\n", "import os; os._exit(3)\n",
    "import sys; sys.setrecursionlimit(50)\n", "print('x' * 10**6)\n", "return\n", "yield 1\n", "None", "'\\ud800'", "{}", "[[]]",
    "axes.set_xscale('log')\n    ", "axes.clear()\n    ", "axes.set_title('$')\n    ", "del axes\n    ", "lambda: 0", "b''", "1j",
]  # fmt: skip
#: Values of settings, as Python has them.
CHOICES = [
    "None", "0", "-1", "1e999", "True", "''", "' '", "'\\0'", "'\\ud800'", "b''", "[]", "[None]", "[[]]", "{}", "{'a': None}",
    "{None: 'a'}", "{'a': {}}", "()", "set()", "object()", "lambda: 0", "'https://[::1'", "'https://a.example/?q'", "'a@b'",
    "'http://a.example:x/'", "'/'", "['**']", "['..']", "'9999-99-99'", "'2024-02-30'", "{'/a/': '/a/'}", "'x' * 99999",
]  # fmt: skip
MARKS = "`*_[](){}<>:$|#-\\\"'%&@!~^=+.,/ \n"
STRANGE = "\x00\x0b\x1b\x85\xa0\xad\u0301\u200b\u202e\u2028\ufeff\ufffe\ud800\U0001f600\U000e0041"
HEAD = "---\ndate: 2024-10-01\ncategory: Architecture\nsummary: A text of chance.\n---\n"
MODELLED = "The answer is {result}`answer`.\n\n```{chart} line\n:alt: It rises.\nIt rises.\n```\n"
#: A project: the files to write over those of the publication; what is for conf.py is added to it.
Files = dict[str, str]
#: The essay that many texts lead to.
LED_TO = {"essays/designing-for-failure/index.md": f"{HEAD}# Designing\n\n## What Fails\n\nWords.\n"}


def mutated(chance: Random, text: str, others: list[str], pieces: list[str]) -> str:
    """A text with up to six changes: lines and marks that are gone, doubled, moved, or taken from elsewhere."""
    for _ in range(chance.randint(1, 6)):
        lines = text.splitlines(keepends=True) or ["\n"]
        line, other, at = chance.randrange(len(lines)), chance.randrange(len(lines)), chance.randrange(len(text) + 1)
        theirs = chance.choice(others).splitlines(keepends=True) or ["\n"]
        match chance.randrange(9):
            case 0:
                start = chance.randrange(len(theirs))
                lines[line:line] = theirs[start : start + chance.randint(1, 12)]
            case 1:
                del lines[line : line + chance.randint(1, 3)]
            case 2:
                lines[line:line] = lines[line : line + chance.randint(1, 3)] * chance.choice([1, 2, 9, 300])
            case 3:
                lines[line], lines[other] = lines[other], lines[line]
            case 4:
                before = chance.choice(["    ", "  ", "> ", "- ", "1. ", "\t", ": ", "| ", "%", "# "])
                lines[line:other] = [before + quoted for quoted in lines[line:other]]
            case 5 if places := [place for place, sign in enumerate(text) if sign in MARKS]:
                place = chance.choice(places)
                changed = chance.choice(["", text[place] * 2, text[place] * chance.choice([3, 40, 3000]), chance.choice(MARKS)])
                lines = [text[:place] + changed + text[place + 1 :]]
            case 6:
                lines = [text[:at]]
            case 7:
                lines = [text[:at] + chance.choice(STRANGE) + text[at:]]
            case _:
                lines = [text[:at] + "".join(chance.choices(pieces, k=chance.randint(1, 3))) + text[at:]]
        text = "".join(lines)
    return text


class Inputs:
    """Inputs of each kind, made at random of those in the fixtures and in the essays."""

    def __init__(self, chance: Random) -> None:
        essays = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("essays/*/index.md"))]
        known = constructs.read()
        self.chance = chance
        self.headers = [essay.partition("\n---\n")[0] + "\n---\n" for essay in essays] + [c.essay("x") for c in known if c.head]
        self.texts = [c.text for c in known] + [essay.partition("\n# ")[2].partition("\n")[2] for essay in essays]
        self.sources = [(ROOT / "essays/references.bib").read_text(encoding="utf-8")]
        self.sources += [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/fixtures/*/essays/references.bib"))]
        self.pictures = [path.read_text(encoding="utf-8") for path in sorted((constructs.FIXTURES / "files").glob("*.svg"))]
        self.model = MODEL.replace("NUMBER", "4")

    def header(self) -> str:
        return mutated(self.chance, self.chance.choice(self.headers), self.headers, VALUES)

    def bibliography(self) -> str:
        return mutated(self.chance, self.chance.choice(self.sources), self.sources, SOURCES)

    def picture(self) -> str:
        return mutated(self.chance, self.chance.choice(self.pictures), self.pictures, DRAWN)

    def setting(self) -> str:
        return f"{self.chance.choice(['html_baseurl', *(name for name, *_ in SETTINGS)])} = {self.chance.choice(CHOICES)}\n"

    def batch(self, essays: int) -> Files:
        """Many essays; or a few, with a setting or a bibliography, since what is wrong with that can hide all else."""
        files: Files = {}
        if alone := self.chance.random() < 0.3:
            files |= [{"conf.py": self.setting()}, {"essays/references.bib": self.bibliography()}][self.chance.randrange(2)]
        for number in range(3 if alone else essays):
            folder, text = f"essays/f-{number}/", mutated(self.chance, self.chance.choice(self.texts), self.texts, PIECES)
            header = self.header() if self.chance.random() < 0.2 else HEAD
            if self.chance.random() < 0.1:
                files[folder + "model.py"] = mutated(self.chance, self.model, [self.model], CODE)
                text = MODELLED + text
            if self.chance.random() < 0.1:
                files[folder + "own.svg"], text = self.picture(), f"![A drawing](own.svg)\n\n{text}"
            files[folder + "index.md"] = f"{header}# A text {number}\n\n{text}"
        return files


def read_header(text: str) -> None:
    record, problems, _ = parse_front_matter(text)
    assert record or problems, "neither read nor told"


def read_bibliography(text: str) -> None:
    if len(text.encode(errors="surrogatepass")) > LARGEST_OTHER:
        return  # told, and not read
    for rule in (bibliography_rules.bibliography_can_be_read, bibliography_rules.sources_can_be_printed):
        assert all(problem.line > 0 for problem in rule(text)), "told at no line"
    list(bibliography_rules.every_source_is_cited(text, [text]))


def read_picture(text: str) -> None:
    with contextlib.suppress(ValueError):
        picture = svg.read_svg(text.encode(errors="surrogatepass"))
        again = svg.read_svg(picture.content)
        assert etree.canonicalize(again.content.decode()) == etree.canonicalize(picture.content.decode()), (
            "cleaned twice, it is another"
        )


def read_setting(text: str) -> None:
    name, _, value = text.partition(" = ")
    assert all(setting_problems({name: eval(value)}).values()), "told without words"


def fault_of(function: Callable[[str], None], text: str) -> str:
    """What is wrong with how a function takes a text; "" if nothing is."""
    began = time.process_time()
    try:
        function(text)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    taken = time.process_time() - began
    return f"it takes {taken:.0f} s" if taken > 5 else ""


def fault_of_builds(files: Files) -> str:
    """What is wrong with how the publication takes these files; "" if nothing is."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as temporary:
        root = constructs.project(Path(temporary, "site"), [])
        for essay in (root / "essays").glob("*/index.md"):
            shutil.rmtree(essay.parent)
        for name, content in (LED_TO | files).items():
            path = root / name
            path.parent.mkdir(exist_ok=True)
            before = path.read_bytes() if name == "conf.py" else b""
            path.write_bytes(before + content.encode(errors="surrogatepass"))
        bound, errors = 15 + len(files) / 3, list[set[str]]()
        for command in ("check", "html", "html"):
            began = resource.getrusage(resource.RUSAGE_CHILDREN)
            try:
                code, output = constructs.run(root, command, timeout=10 * bound)
            except subprocess.TimeoutExpired:
                return f"{command} does not end"
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
            wrong = next((line for line in output.splitlines() if "Traceback" in line or "[insights.crash]" in line), "")
            wrong = wrong or (f"exit code {code}" if code not in (0, 1) else "")
            wrong = wrong or (f"it takes {taken:.0f} s of computing" if taken > bound else "")
            if wrong:
                return f"{command}: {wrong}"
            told = [message for message in constructs.messages(output) if not message.warning]
            errors.append({f"{message.path}:{message}" for message in told})
            if len(errors) == 2:
                # What is not published, such as a draft, only the check reads.
                public = {error for error in errors[0] if files.get(error.partition(":")[0], HEAD).startswith(HEAD)}
                if only := (errors[1] - errors[0]) or (public - errors[1]):
                    return f"only {'html' if errors[1] - errors[0] else 'check'} says: {min(only)}"
                if any(not error.startswith("essays/f-") for error in errors[0]):
                    return ""  # nothing can be published
                for slug in {error.split("/")[1] for error in errors[0]}:
                    shutil.rmtree(root / "essays" / slug)
    return f"html does not publish what check allows: {output[-300:]!r}" if code else ""


def smallest(files: Files) -> Files:
    """The part of ``files`` that still fails, with one essay if one is enough."""
    groups: dict[str, Files] = {}
    for name, text in files.items():
        groups.setdefault(name.rpartition("/")[0] if name.count("/") > 1 else name, {})[name] = text
    parts = list(groups.values())
    while len(parts) > 1:
        middle = len(parts) // 2
        halves = (parts[:middle], parts[middle:])
        if not (half := next((half for half in halves if fault_of_builds(dict(ChainMap(*half)))), None)):
            break
        parts = half
    return dict(ChainMap(*parts))


def fuzz(inputs: Inputs, minutes: float, essays: int, counts: Counter[str]) -> Iterator[tuple[str, Files]]:
    """Each fault that is found in so many ``minutes``, with the files that lead to it; counts what is tried."""
    quick = ((read_header, inputs.header), (read_bibliography, inputs.bibliography), (read_picture, inputs.picture))
    end, known = time.monotonic() + 60 * minutes, set[str]()
    while time.monotonic() < end:
        for function, make in (*quick, (read_setting, inputs.setting)):
            for _ in range(50):
                counts[function.__name__] += 1
                fault = f"{function.__name__}: {fault_of(function, text := make())}"
                if (kind := ":".join(fault.split(":")[:2])) != f"{function.__name__}: " and kind not in known:
                    known.add(kind)
                    yield fault, {f"{function.__name__}.txt": text}
        files = inputs.batch(essays)
        counts["essays"] += sum(name.endswith("/index.md") for name in files)
        counts["batches"] += 1
        if fault_of_builds(files):
            files = smallest(files)
            yield fault_of_builds(files) or "only together with others", files


def main() -> int:
    """Fuzz as the command line says; 1 if anything is found."""
    parser = argparse.ArgumentParser(description="Try inputs that nobody would write.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--essays", type=int, default=30, help="so many in a batch")
    parser.add_argument("--seed", type=int, default=Random().randrange(10**6))
    parser.add_argument("--keep", type=Path, default=ROOT / "_build/fuzz", metavar="FOLDER", help="keep what fails there")
    options = parser.parse_args()
    print(f"seed {options.seed}; what fails is kept in {options.keep}", flush=True)
    counts: Counter[str] = Counter()
    for fault, files in fuzz(Inputs(Random(options.seed)), options.minutes, options.essays, counts):
        counts["faults"] += 1
        folder = options.keep / f"{options.seed}-{counts['faults']}"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode(errors="surrogatepass"))
        print(f"{folder.name}: {fault}", flush=True)
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if counts["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
