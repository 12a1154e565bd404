"""Edit a made-up site at random, build after each edit, and compare with a clean build: ``make fuzz-builds``.

A site built on an older one must equal a clean build, in content and modification times, whatever was edited in whatever order.
``tests/site/test_long_lists.py`` runs this on a small site. A seed repeats a run.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import warm
from bench import CATEGORIES, MODEL, TAGS, publication


class Texts:
    """The essays in the folder of a publication, and the changes that edits have in common."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.added = 0

    def slugs(self) -> list[str]:
        """The folder names of all essays."""
        return sorted(path.parent.name for path in self.folder.glob("essays/*/index.md"))

    def pick(self, chance: random.Random) -> str:
        """The folder name of some essay."""
        return chance.choice(self.slugs())

    def new_name(self, kind: str) -> str:
        """A folder name that no essay has had."""
        self.added += 1
        return f"{kind}-{self.added}"

    def path(self, slug: str) -> Path:
        """The file with the text of an essay."""
        return self.folder / f"essays/{slug}/index.md"

    def change_all(self, pattern: str, new: str) -> None:
        """Replace every match of ``pattern`` in all essays."""
        for path in map(self.path, self.slugs()):
            path.write_text(re.sub(pattern, new, path.read_text()))

    def set_field(self, slug: str, field: str, value: str) -> None:
        """Set a field in the front matter of an essay."""
        if re.search(rf"^{field}:", self.path(slug).read_text(), re.MULTILINE):
            change(self.path(slug), rf"^{field}: .*", f"{field}: {value}")
        else:
            change(self.path(slug), r"^summary:", f"{field}: {value}\nsummary:")

    def unlink(self, slug: str) -> None:
        """Remove all links to an essay."""
        self.change_all(rf"\[([^\]]*)\]\(/essays/{slug}/index\.md\)", r"\1")


def change(path: Path, pattern: str, new: str) -> None:
    """Replace the first match of ``pattern``, which must be there, in a file."""
    changed, times = re.subn(pattern, lambda _: new, path.read_text(), count=1, flags=re.MULTILINE)
    assert times, f"nothing like {pattern!r} in {path}"
    path.write_text(changed)


def add(texts: Texts, chance: random.Random, like: str) -> None:
    """Add an essay like another one, of any day, with a summary of its own: the scan would find that of a hidden essay."""
    name = texts.new_name("new")
    path = shutil.copytree(texts.path(like).parent, texts.path(name).parent) / "index.md"
    path.write_text(path.read_text().replace("featured: true\n", ""))
    change(path, r"^# .*", f"# New {name}")
    change(path, r"^summary: .*", f"summary: A new essay, {name}, like {like}.")
    change(path, r"^date: .*", f"date: 202{chance.randrange(4, 6)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}")


def write(texts: Texts, chance: random.Random, slug: str) -> None:
    """Add a sentence."""
    change(texts.path(slug), r"^## ", f"Said in passing: {chance.random()}.\n\n## ")


def link(texts: Texts, chance: random.Random, slug: str) -> None:
    """Add a link to another essay, unless that is a draft."""
    other = texts.pick(chance)
    if "draft: true" not in texts.path(other).read_text() and slug != other:
        change(texts.path(slug), r"^## ", f"Said in [another essay](/essays/{other}/index.md).\n\n## ")


def rename(texts: Texts, chance: random.Random, slug: str) -> None:
    """Rename the folder of an essay."""
    name = texts.new_name("renamed")
    texts.path(slug).parent.rename(texts.path(name).parent)
    texts.change_all(f"/essays/{slug}/", f"/essays/{name}/")


def delete(texts: Texts, chance: random.Random, slug: str) -> None:
    """Delete an essay."""
    texts.unlink(slug)
    shutil.rmtree(texts.path(slug).parent)


def retitle(texts: Texts, chance: random.Random, slug: str) -> None:
    """Change a title."""
    change(texts.path(slug), r"^# .*", f"# Called {chance.random()}")


def resummarise(texts: Texts, chance: random.Random, slug: str) -> None:
    """Change a summary."""
    texts.set_field(slug, "summary", f"In short, {chance.random()}.")


def recategorise(texts: Texts, chance: random.Random, slug: str) -> None:
    """Change the category and the tags of an essay."""
    texts.set_field(slug, "category", chance.choice(CATEGORIES))
    texts.set_field(slug, "tags", f"[{', '.join(chance.sample(TAGS, chance.randrange(1, 3)))}]")


def revise(texts: Texts, chance: random.Random, slug: str) -> None:
    """Set the revisions of an essay."""
    texts.set_field(slug, "revisions", f"[{{date: 2026-03-{chance.randrange(10, 31)}, note: Mended {chance.randrange(99)}.}}]")


def feature(texts: Texts, chance: random.Random, slug: str) -> None:
    """Feature another essay."""
    texts.change_all("featured: true\n", "")
    texts.set_field(slug, "featured", "true")


def hide(texts: Texts, chance: random.Random, slug: str) -> None:
    """Make an essay a draft."""
    texts.unlink(slug)
    texts.set_field(slug, "draft", "true")


def show(texts: Texts, chance: random.Random, slug: str) -> None:
    """Publish a draft, if there is one."""
    if drafts := [draft for draft in texts.slugs() if "draft: true\n" in texts.path(draft).read_text()]:
        change(texts.path(chance.choice(drafts)), r"^draft: true\n", "")


def model(texts: Texts, chance: random.Random, slug: str) -> None:
    """Change what a model computes."""
    if models := sorted(texts.folder.glob("essays/*/model.py")):
        chance.choice(models).write_text(MODEL.replace("NUMBER", str(chance.randrange(2, 99))))


def template(texts: Texts, chance: random.Random, slug: str) -> None:
    """Add a comment to a template, or a rule to a style sheet."""
    path = chance.choice(sorted([*texts.folder.glob("_templates/**/*.html"), *texts.folder.glob("_static/**/*.css")]))
    with path.open("a") as file:
        file.write(f".x {{ opacity: {chance.random()} }}\n" if path.suffix == ".css" else f"<!-- {chance.random()} -->\n")


def configuration(texts: Texts, chance: random.Random, slug: str) -> None:
    """Change the description of a category, or of the publication."""
    old, new = chance.choice(
        [
            (r'^What everything else stands on[^"]*', "What everything else stands on, {}."),
            (r"^insights_description = .*", 'insights_description = "Writing, {}."'),
        ]
    )
    change(texts.folder / "conf.py", old, new.format(chance.random()))


EDITS: list[Callable[[Texts, random.Random, str], None]] = [
    add, write, link, rename, delete, retitle, resummarise, recategorise, revise, feature, hide, show, model, template,
    configuration,
]  # fmt: skip


def fuzz(folder: Path, essays: int, edits: int, every: int, seed: int) -> Iterator[str]:
    """Make ``edits`` edits to a site of so many ``essays``, and yield a name for each. Raises AssertionError if builds differ.

    Each edit is followed by a build on top of the last one; ``every`` so many edits, and the last, also by a clean build.
    """
    chance = random.Random(seed)
    texts = Texts(folder / "source")
    texts.folder.mkdir(parents=True)
    publication(texts.folder, essays)
    build(texts.folder)
    done: list[str] = []
    for number in range(1, edits + 1):
        edit, slug = chance.choice(EDITS), texts.pick(chance)
        edit(texts, chance, slug)
        done.append(f"{edit.__name__} {slug}")
        build(texts.folder)
        if number % every == 0 or number == edits:
            clean = folder / "clean"
            shutil.copytree(texts.folder, clean, ignore=shutil.ignore_patterns("_build"))
            shutil.copytree(texts.folder / "_build/store", clean / "_build/store")
            build(clean)
            differ = differences(texts.folder / "_build/html", clean / "_build/html")
            assert not differ, f"seed {seed}, after {done}: {differ}"
            shutil.rmtree(clean)
        yield done[-1]


def build(folder: Path) -> None:
    """Build and publish the site in ``folder``. Exits if that fails."""
    done = warm.run(("insights", "html"), folder, os.environ | {"PYTHONPATH": str(folder / "_ext")})
    if done.returncode:
        raise SystemExit(f"the build in {folder} failed:\n{done.stderr[-3000:]}")


def differences(one: Path, other: Path) -> list[str]:
    """The files that differ between two sites in content or modification time, or are only in one."""

    def files(site: Path) -> set[tuple[str, bytes, float]]:
        paths = (path for path in site.rglob("*") if path.is_file())
        return {(path.relative_to(site).as_posix(), path.read_bytes(), path.stat().st_mtime) for path in paths}

    return sorted({name for name, *_ in files(one) ^ files(other)})


def main() -> None:
    """Edit and compare as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--essays", type=int, default=300)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--every", type=int, default=1, help="compare after so many edits")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        for number, done in enumerate(fuzz(Path(folder), options.essays, options.edits, options.every, options.seed), 1):
            print(f"{number:3} {done}", flush=True)
    print("Every incremental build equals a clean build.")


if __name__ == "__main__":
    main()
