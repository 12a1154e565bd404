"""Edits a made-up site at random, builds after each edit, and compares with a build from nothing: ``make drift``.

Whatever was edited, in whatever order, a site that was built on an older one is the same, to the byte and to the second, as one
built afresh. ``tests/test_scale.py`` does it in small; what it finds can be done again by its seed.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import CATEGORIES, MODEL, TAGS, builds, publication, run

Edit = Callable[["Texts", random.Random], str]
EDITS: list[Edit] = []


class Texts:
    """The folder of a publication, with what an edit needs to find its way in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.added = 0

    def essays(self) -> list[str]:
        """The names of all essays."""
        return sorted(path.parent.name for path in self.folder.glob("essays/*/index.md"))

    def one(self, chance: random.Random) -> str:
        """The name of some essay."""
        return chance.choice(self.essays())

    def text(self, slug: str) -> str:
        """The text of an essay."""
        return (self.folder / f"essays/{slug}/index.md").read_text()

    def change(self, path: str, pattern: str, put: str) -> None:
        """Put something in the place of the first find of ``pattern`` in a file."""
        file = self.folder / path
        changed, times = re.subn(pattern, lambda _: put, file.read_text(), count=1, flags=re.MULTILINE)
        assert times, f"nothing like {pattern!r} in {path}"
        file.write_text(changed)

    def header(self, slug: str, field: str, value: str) -> None:
        """Set a field of an essay's header."""
        path = f"essays/{slug}/index.md"
        if re.search(rf"^{field}:", self.text(slug), re.MULTILINE):
            self.change(path, rf"^{field}: .*", f"{field}: {value}")
        else:
            self.change(path, r"^summary:", f"{field}: {value}\nsummary:")

    def unlink(self, slug: str) -> None:
        """Take away all links to an essay."""
        for other in self.essays():
            text = re.sub(rf"\[([^\]]*)\]\(/essays/{slug}/index\.md\)", r"\1", self.text(other))
            (self.folder / f"essays/{other}/index.md").write_text(text)


def edit(function: Edit) -> Edit:
    """Let ``function`` be chosen; it says what it did."""
    EDITS.append(function)
    return function


@edit
def add(texts: Texts, chance: random.Random) -> str:
    """A new essay, like one that is there, out on any day, with or without a model.

    It has a summary of its own: if it were hidden later, the other's would give it away, and not be published.
    """
    like, texts.added = texts.one(chance), texts.added + 1
    home = texts.folder / f"essays/new-{texts.added}"
    home.mkdir()
    day = f"202{chance.randrange(4, 6)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}"
    text = re.sub(r"^# .*", f"# New {texts.added}", texts.text(like).replace("featured: true\n", ""), count=1, flags=re.MULTILINE)
    text = re.sub(r"^summary: .*", f"summary: Number {texts.added} that is new, like {like}.", text, count=1, flags=re.MULTILINE)
    (home / "index.md").write_text(re.sub(r"^date: .*", f"date: {day}", text, count=1, flags=re.MULTILINE))
    if (model := texts.folder / f"essays/{like}/model.py").exists():
        shutil.copy2(model, home)
    return f"add {home.name}, like {like}"


@edit
def write(texts: Texts, chance: random.Random) -> str:
    """Another sentence."""
    slug = texts.one(chance)
    texts.change(f"essays/{slug}/index.md", r"^## ", f"Said in passing: {chance.random()}.\n\n## ")
    return f"write in {slug}"


@edit
def link(texts: Texts, chance: random.Random) -> str:
    """A link to another essay."""
    slug, other = texts.one(chance), texts.one(chance)
    if "draft: true" not in texts.text(other) and slug != other:
        texts.change(f"essays/{slug}/index.md", r"^## ", f"Said in [another essay](/essays/{other}/index.md).\n\n## ")
    return f"link {slug} to {other}"


@edit
def rename(texts: Texts, chance: random.Random) -> str:
    """Another name."""
    slug, texts.added = texts.one(chance), texts.added + 1
    name = f"renamed-{texts.added}"
    (texts.folder / f"essays/{slug}").rename(texts.folder / f"essays/{name}")
    for other in texts.essays():
        path = texts.folder / f"essays/{other}/index.md"
        path.write_text(path.read_text().replace(f"/essays/{slug}/", f"/essays/{name}/"))
    return f"rename {slug} to {name}"


@edit
def delete(texts: Texts, chance: random.Random) -> str:
    """One essay fewer."""
    slug = texts.one(chance)
    texts.unlink(slug)
    shutil.rmtree(texts.folder / f"essays/{slug}")
    return f"delete {slug}"


@edit
def retitle(texts: Texts, chance: random.Random) -> str:
    """Another title."""
    slug = texts.one(chance)
    texts.change(f"essays/{slug}/index.md", r"^# .*", f"# Called {chance.random()}")
    return f"retitle {slug}"


@edit
def resummarise(texts: Texts, chance: random.Random) -> str:
    """Another summary."""
    slug = texts.one(chance)
    texts.header(slug, "summary", f"In short, {chance.random()}.")
    return f"resummarise {slug}"


@edit
def recategorise(texts: Texts, chance: random.Random) -> str:
    """Another category and other tags."""
    slug = texts.one(chance)
    texts.header(slug, "category", chance.choice(CATEGORIES))
    texts.header(slug, "tags", f"[{', '.join(chance.sample(TAGS, chance.randrange(1, 3)))}]")
    return f"recategorise {slug}"


@edit
def revise(texts: Texts, chance: random.Random) -> str:
    """A revision note."""
    slug = texts.one(chance)
    texts.header(slug, "revisions", f"[{{date: 2026-03-{chance.randrange(10, 31)}, note: Mended {chance.randrange(99)}.}}]")
    return f"revise {slug}"


@edit
def feature(texts: Texts, chance: random.Random) -> str:
    """Another essay in front."""
    for slug in texts.essays():
        path = texts.folder / f"essays/{slug}/index.md"
        path.write_text(path.read_text().replace("featured: true\n", ""))
    slug = texts.one(chance)
    texts.header(slug, "featured", "true")
    return f"feature {slug}"


@edit
def hide(texts: Texts, chance: random.Random) -> str:
    """An essay is a draft again."""
    slug = texts.one(chance)
    texts.unlink(slug)
    texts.header(slug, "draft", "true")
    return f"hide {slug}"


@edit
def show(texts: Texts, chance: random.Random) -> str:
    """A draft comes out, where there is one."""
    if not (drafts := [slug for slug in texts.essays() if "draft: true\n" in texts.text(slug)]):
        return "no draft is left"
    slug = chance.choice(drafts)
    texts.change(f"essays/{slug}/index.md", r"^draft: true\n", "")
    return f"show {slug}"


@edit
def model(texts: Texts, chance: random.Random) -> str:
    """A model computes something else, where there is one."""
    if not (models := sorted(texts.folder.glob("essays/*/model.py"))):
        return "no model is left"
    path = chance.choice(models)
    path.write_text(MODEL.replace("NUMBER", str(chance.randrange(2, 99))))
    return f"another model in {path.parent.name}"


@edit
def template(texts: Texts, chance: random.Random) -> str:
    """A template says something else."""
    path = chance.choice(["head.html", "footer.html", "essay-foot.html", "sidebar/brand.html", "ablog/collection.html"])
    with (texts.folder / "_templates" / path).open("a") as file:
        file.write(f"<!-- {chance.random()} -->\n")
    return f"change the template {path}"


@edit
def style(texts: Texts, chance: random.Random) -> str:
    """The style sheet sets something otherwise."""
    with (texts.folder / "_static/insights.css").open("a") as sheet:
        sheet.write(f".x {{ opacity: {chance.random()}; }}\n")
    return "change the style sheet"


@edit
def configuration(texts: Texts, chance: random.Random) -> str:
    """A category is described otherwise, or the whole publication is."""
    said, put = chance.choice(
        [
            (r'^What everything else stands on[^"]*', "What everything else stands on, {}."),
            (r"^insights_description = .*", 'insights_description = "Writing, {}."'),
        ]
    )
    texts.change("conf.py", said, put.format(chance.random()))
    return "change conf.py"


def drift(folder: Path, essays: int, edits: int, every: int, seed: int) -> Iterator[str]:
    """Edit a site of so many ``essays`` so many times; what was done. Raises AssertionError where the sites differ.

    After each edit the site is built on the last one, and after ``every`` so many, and the last, also from nothing.
    """
    chance = random.Random(seed)
    texts = Texts(folder / "source")
    texts.folder.mkdir(parents=True)
    publication(texts.folder, essays)
    run(builds(texts.folder), texts.folder)
    done: list[str] = []
    for number in range(1, edits + 1):
        done.append(chance.choice(EDITS)(texts, chance))
        run(builds(texts.folder), texts.folder)
        if number % every == 0 or number == edits:
            afresh = folder / "afresh"
            shutil.copytree(texts.folder, afresh, ignore=shutil.ignore_patterns("_build"))
            run(builds(afresh), afresh)
            differ = differences(texts.folder / "_build/html", afresh / "_build/html")
            assert not differ, f"seed {seed}, after {done}: {differ}"
            shutil.rmtree(afresh)
        yield done[-1]


def differences(one: Path, other: Path) -> list[str]:
    """The files that two sites do not have alike, by content and by time."""
    a, b = ({p.relative_to(site).as_posix(): p for p in site.rglob("*") if p.is_file()} for site in (one, other))
    alike = {
        name
        for name in a.keys() & b.keys()
        if a[name].read_bytes() == b[name].read_bytes() and a[name].stat().st_mtime == b[name].stat().st_mtime
    }
    return sorted((a.keys() | b.keys()) - alike)


def main() -> None:
    """Drift as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--essays", type=int, default=300)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--every", type=int, default=1, help="compare after so many edits")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory() as folder:
        for number, done in enumerate(drift(Path(folder), given.essays, given.edits, given.every, given.seed), 1):
            print(f"{number:3} {done}", flush=True)
    print("Every site built on an older one was the same as one built afresh.")


if __name__ == "__main__":
    main()
