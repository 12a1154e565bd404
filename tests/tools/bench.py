"""Measure builds of hundreds of made-up essays: ``make bench``.

Prints tables, and writes the same figures to ``_build/bench.json``. CPU seconds are those of the whole process tree, and peak
memory is that of its largest process. Our site is built and published as `make html` does it. A busy machine gives other
figures, so compare figures of one run only.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

#: Pelican has its own environment, because it needs older packages than we lock.
VENV = Path("_build/pelican")
PEER = ROOT / VENV / "bin/pelican"
MACHINERY = ("conf.py", "_ext", "_templates", "_static")
PAGES = ("index.md", "about.md", "start.md", "subscribe.md", "404.md")
CATEGORIES = ("System Design", "Infrastructure", "Real-Time Systems", "Product Systems", "Architecture", "Engineering Thinking")
TAGS = ("blast-radius", "coordination", "failover", "idempotency", "latency", "measurement", "operations", "overload", "queueing")
WORDS = 1200
#: One essay in so many has a model with a chart.
MODELS = 50
MODEL = '''"""A line, for the benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def results() -> dict[str, float | int | str]:
    """One number."""
    return {"answer": NUMBER}


def line(axes: Axes) -> dict[str, list[int]]:
    """A line."""
    axes.plot([0, 1], [0, NUMBER])
    return {"x": [0, 1], "y": [0, NUMBER]}
'''
STOCK = """\
import sys
project = "Stock"
extensions = ["ablog", "myst_parser", "sphinx_design"]
html_theme = "furo"
# Without these two lines every page is an error page.
skip_injecting_base_ablog_templates = True
templates_path = ["_templates"]
blog_path = "essays"
blog_post_pattern = "essays/*/index.md"
blog_baseurl = "https://stock.example/"
exclude_patterns = ["_build"]
suppress_warnings = ["toc.not_included"]
"""
PELICAN = """\
AUTHOR = SITENAME = "Peer"
SITEURL = "https://peer.example"
PATH = "content"
TIMEZONE = "UTC"
FEED_ALL_ATOM = "atom.xml"
CATEGORY_FEED_ATOM = "category/{slug}.atom.xml"
"""

#: An extension that writes the CPU seconds of a build at the end of each phase to a file.
PHASES = """\
import json, os, pathlib

def setup(app):
    ends = {}
    path = pathlib.Path(app.confdir, "phases.json")

    def end(phase):
        ends[phase] = sum(os.times()[:4])
        path.write_text(json.dumps(ends))

    app.connect("env-before-read-docs", lambda *given: end("start"), priority=0)
    app.connect("env-updated", lambda *given: end("read"), priority=0)
    app.connect("build-finished", lambda *given: end("write"), priority=0)
    app.connect("build-finished", lambda *given: end("finish"), priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
"""


class Cost(NamedTuple):
    """What a run cost: CPU seconds, wall seconds, peak MiB, and CPU seconds by phase where they are known."""

    cpu: float
    wall: float
    memory: float
    phases: dict[str, float]


Commands = list[list[str | Path]]


def run(commands: Commands, folder: Path) -> Cost:
    """Run ``commands`` in ``folder``, and return their cost. Exits if one fails."""
    environment = os.environ | {"PYTHONPATH": str(folder / "_ext"), "PYTHONWARNINGS": "ignore"}
    log, cpu, memory, phases = folder / "bench.log", 0.0, 0.0, {}
    start = time.monotonic()
    for command in commands:
        (folder / "phases.json").unlink(missing_ok=True)
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)  # or Popen believes that it still runs
        if status:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{log.read_text()[-3000:]}")
        took, before = usage.ru_utime + usage.ru_stime, 0.0
        cpu, memory = cpu + took, max(memory, usage.ru_maxrss / 1024)
        if (folder / "phases.json").exists():
            last = "publish" if "insights" in command else "exit"
            for phase, end in {**json.loads((folder / "phases.json").read_text()), last: took}.items():
                phases[phase], before = end - before, end
        else:
            phases["all"] = took
    return Cost(cpu, time.monotonic() - start, memory, phases)


def vocabulary(chance: random.Random) -> list[str]:
    """Four thousand pronounceable words, the most frequent first."""
    syllables = [c + v for c in "bcdfglmnprstv" for v in "aeiou"]
    return ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(4000)]


class Essay(NamedTuple):
    """A made-up essay: its name, front matter, title, and text in Markdown."""

    name: str
    fields: dict[str, str]
    title: str
    text: str

    def write(self, home: Path, *without: str) -> None:
        """Write it into the folder ``home``, ``without`` some fields."""
        home.mkdir(parents=True, exist_ok=True)
        front_matter = "".join(f"{name}: {value}\n" for name, value in self.fields.items() if name not in without)
        (home / "index.md").write_text(f"---\n{front_matter}---\n# {self.title}\n\n{self.text}\n")


def essays(count: int, *, links: bool = True) -> Iterator[Essay]:
    """So many made-up essays, always the same."""
    chance = random.Random(1)
    words = vocabulary(chance)
    return (essay(number, count, chance, words, links=links) for number in range(count))


def essay(number: int, count: int, chance: random.Random, words: list[str], *, links: bool) -> Essay:
    """A made-up essay, with links to two others."""

    def prose(length: int) -> str:
        ranks = [min(int(chance.paretovariate(0.9)), len(words)) - 1 for _ in range(length)]
        text = " ".join(words[rank] for rank in ranks)
        return text.capitalize() + "."

    parts = [prose(60)]
    for section in range(6):
        parts.append(f"## Part {section} of {words[number % len(words)]} {number}")
        parts += [" ".join(prose(15) for _ in range(4)) for _ in range(3)]
        if section == 1:
            parts.append(f"```python\ndef f{number}(x: int) -> int:\n    return x + {number}  # a comment\n```")
        if section == 2:
            parts.append("| Case | Value |\n|---|---:|\n" + "\n".join(f"| {words[n]} | {n} |" for n in range(6)))
        if section == 3:
            parts.append("\n".join(f"- {prose(8)}" for _ in range(4)))
        if section == 4 and links:
            others = [chance.randrange(count) for _ in range(2)]
            parts.append(" ".join(f"{prose(6)} [See there](/essays/essay-{n}/index.md)." for n in others))
        if section == 5:
            parts.append("See [a page](https://example.org/).")
    published = date(2026, 1, 1) - timedelta(days=number)
    fields = {
        "date": published.isoformat(),
        "category": CATEGORIES[number % len(CATEGORIES)],
        "summary": prose(20),
        "tags": f"[{TAGS[number % len(TAGS)]}, {TAGS[(number + 4) % len(TAGS)]}]",
    }
    return Essay(f"essay-{number}", fields, f"Essay {number} on {words[number % len(words)].capitalize()}", "\n\n".join(parts))


def copy_machinery(folder: Path, machinery: Path = ROOT) -> Path:
    """``folder`` with a copy of the ``machinery`` in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MACHINERY:
        copy = shutil.copytree if (machinery / name).is_dir() else shutil.copy2
        copy(machinery / name, folder / name)
    return folder


def publication(folder: Path, count: int, machinery: Path = ROOT) -> None:
    """The ``machinery`` in ``folder``, around ``count`` made-up essays."""
    copy_machinery(folder, machinery)
    for name in PAGES:
        shutil.copy2(ROOT / name, folder / name)
    (folder / "glossary.md").write_text("# Glossary\n\nWords.\n")
    (folder / "essays").mkdir()
    (folder / "essays/references.bib").write_text("")
    chart = "\n\nThe answer is {result}`answer`.\n\n```{chart} line\n:alt: It rises.\nIt rises.\n```"
    for number, made in enumerate(essays(count)):
        home, with_model = folder / "essays" / made.name, number % MODELS == 0
        made._replace(text=made.text + chart * with_model).write(home)
        if with_model:
            (home / "model.py").write_text(MODEL.replace("NUMBER", str(number + 2)))


def ours(folder: Path, count: int) -> Commands:
    """Our publication around ``count`` essays; the commands that build it."""
    publication(folder, count)
    note_phases(folder)
    return builds(folder)


def builds(folder: Path) -> Commands:
    """The command with which the Makefile builds and publishes."""
    return [[sys.executable, "-m", "insights", "html"]]


def note_phases(folder: Path) -> None:
    """Let a build in ``folder`` write its phases to a file."""
    (folder / "_ext").mkdir(exist_ok=True)
    (folder / "_ext/phases.py").write_text(PHASES)
    with (folder / "conf.py").open("a") as settings:
        settings.write('\nextensions.append("phases")\n')


def stock(folder: Path, count: int) -> Commands:
    """Sphinx, ABlog and Furo with few settings, around the same essays."""
    (folder / "conf.py").write_text(STOCK)
    templates = Path(str(find_spec("ablog").origin)).parent / "templates/ablog"  # type: ignore[union-attr]
    shutil.copytree(templates, folder / "_templates/ablog")
    note_phases(folder)
    (folder / "index.md").write_text("# Stock\n\n```{postlist} 10\n```\n")
    for made in essays(count):
        made.write(folder / "essays" / made.name, "summary")
    return [[sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", "-d", "_build/doctrees", ".", "_build/html"]]


def pelican(folder: Path, count: int) -> Commands:
    """Pelican, around the same essays without links."""
    (folder / "pelicanconf.py").write_text(PELICAN)
    (folder / "content").mkdir()
    for name, fields, title, text in essays(count, links=False):
        values = {"Title": title, "Slug": name} | {key.capitalize(): value.strip("[]") for key, value in fields.items()}
        header = "".join(f"{key}: {value}\n" for key, value in values.items())
        (folder / f"content/{name}.md").write_text(f"{header}\n{text}\n")
    return [[PEER, "content", "-o", "_build/html", "-s", "pelicanconf.py"]]


SITES: dict[str, tuple[Callable[[Path, int], Commands], str]] = {
    "ours": (ours, "essays/essay-7/index.md"),
    "stock": (stock, "essays/essay-7/index.md"),
    "pelican": (pelican, "content/essay-7.md"),
}


class Figures(NamedTuple):
    """The costs of a clean build, of one without changes, and of one after an edit; the mean size of a page in bytes."""

    clean: Cost
    nothing: Cost
    edit: Cost
    page: float


def measure(name: str, count: int, folder: Path) -> Figures:
    """Measure the builds of a site of ``count`` essays in ``folder``."""
    make, edited = SITES[name]
    if name == "pelican" and not PEER.exists():
        raise SystemExit(f"Pelican is not installed: python3 -m venv {VENV} && {VENV}/bin/pip install 'pelican[markdown]'")
    folder.mkdir(parents=True)
    commands = make(folder, count)
    clean, nothing = run(commands, folder), run(commands, folder)
    path = folder / edited
    path.write_text(path.read_text().replace("See [a page]", "Now see [a page]"))
    pages = [page.stat().st_size for page in (folder / "_build/html").rglob("*.html")]
    return Figures(clean, nothing, run(commands, folder), sum(pages) / len(pages))


def row(name: str, size: int, found: Figures, ours: Figures | None) -> str:
    """A row of the table; for other sites with each figure as a multiple of ours."""

    def cell(read: Callable[[Figures], float], form: str) -> str:
        times = f" ({read(found) / read(ours):.1f}×)" if ours and name != "ours" else ""
        return f"{read(found):{form}}{times}"

    cells = [
        cell(lambda f: f.clean.cpu, ".1f"), cell(lambda f: f.clean.wall, ".1f"), cell(lambda f: f.clean.memory, ".0f"),
        cell(lambda f: f.nothing.cpu, ".1f"), cell(lambda f: f.edit.cpu, ".1f"), cell(lambda f: f.edit.wall, ".1f"),
        cell(lambda f: f.page, ",.0f"),
    ]  # fmt: skip
    return f"| {name} | {size} | {' | '.join(cells)} |"


def main() -> None:
    """Measure the sites and sizes of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,300,1000", help="how many essays (default: 100,300,1000)")
    parser.add_argument("--sites", default="ours", help=f"which of {', '.join(SITES)}, with commas between (default: ours)")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    folder = ROOT / "_build/bench"
    shutil.rmtree(folder, ignore_errors=True)
    figures: dict[str, dict[int, Figures]] = {}
    print("| site | essays | clean, CPU s | wall s | peak MiB | nothing, CPU s | edit, CPU s | wall s | bytes a page |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in options.sites.split(","):
        for size in sizes:
            found = figures.setdefault(name, {})[size] = measure(name, size, folder / name / str(size))
            print(row(name, size, found, figures.get("ours", {}).get(size)), flush=True)
    if len(sizes) > 1:
        for name, by_size in figures.items():
            times = by_size[sizes[-1]].clean.cpu / by_size[sizes[0]].clean.cpu
            print(f"\n{name}: CPU grows with the essays to the power of {math.log(times, sizes[-1] / sizes[0]):.2f}")
    print("\n| site | essays | build | CPU s by phase |\n|---|---:|---|---|")
    for name, by_size in figures.items():
        for size, found in by_size.items():
            for kind in ("clean", "edit"):
                phases = getattr(found, kind).phases
                print(f"| {name} | {size} | {kind} | {', '.join(f'{phase} {cpu:.1f}' for phase, cpu in phases.items())} |")
    plain = {
        name: {size: {key: value._asdict() if isinstance(value, Cost) else value for key, value in found._asdict().items()}
               for size, found in by_size.items()}
        for name, by_size in figures.items()
    }  # fmt: skip
    (ROOT / "_build/bench.json").write_text(json.dumps(plain, indent=1))


if __name__ == "__main__":
    main()
