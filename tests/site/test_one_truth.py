"""What publishing refuses, `make check` refuses in the same words at the author's line; what it passes is published."""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
from pathlib import Path

from conftest import ROOT, insights, project
from PIL import Image

FILES = ROOT / "tests/fixtures/constructs/files"
TODAY = "2026-06-01"


def essay(root: Path, slug: str, text: str, *files: str, date: str = "2026-05-01") -> Path:
    """An essay with a title and a summary of its own, and files beside it."""
    folder = root / "essays" / slug
    folder.mkdir()
    head = f"---\ndate: {date}\ncategory: Architecture\nsummary: About {slug}.\n---\n# {slug.title()}\n\n"
    (folder / "index.md").write_text(head + text, encoding="utf-8")
    for name in files:
        shutil.copy2(FILES / name, folder)
    return folder


def said(root: Path, command: str, slugs: set[str]) -> list[str]:
    """The messages of a command about the essays ``slugs``."""
    done = insights(root, command, INSIGHTS_TODAY=TODAY)
    lines = (done.stdout + done.stderr).splitlines()
    return [
        line for line in lines if any(line.startswith(f"essays/{slug}/") for slug in slugs) and re.search(r"\[[\w.-]+\]$", line)
    ]


LEAKS = """\
A TODO in prose, but `TODO` in code.

Mail to someone@company.com, and not `someone@company.com`.

See <http://localhost:3000> or `http://localhost:3000`.

A [file](leaky.yaml) to download.

```sh
curl -H "Authorization: Bearer {TOKEN}" https://api.a.org/
```

```{literalinclude} deploy.env
```
"""
#: Made here, so that no program that looks for secrets finds one in this file.
TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEAtoken\n"


def test_check_and_html_say_the_same_and_name_the_source(tmp_path: Path) -> None:
    root = project(tmp_path / "source")
    leaks = essay(root, "leaks", LEAKS.replace("{TOKEN}", TOKEN))
    (leaks / "deploy.env").write_text(f"HOST=a.org\n{KEY}")
    (leaks / "leaky.yaml").write_text(f"# made here\nfolder: {root}/essays\n")
    essay(root, "next", "See the Yonder hills and far quokkas.\n\n![A picture](none.png)\n", date="2027-01-01")
    taste = 'An "apt" one.\n\n% insights: allow quotes\nAn "allowed" one.\n\n#### Deep\n\n## Next\n\nWords.\n'
    rules = "rules: {heading-levels: error}\nsummary"
    path = essay(root, "taste", taste) / "index.md"
    path.write_text(path.read_text().replace("summary", rules, 1))
    slugs = {"leaks", "next", "taste"}
    checked, built = (said(root, command, slugs) for command in ("check", "html"))
    assert checked == built
    quote = "remove it, write it in backticks, or start its line with % if it is a note to yourself [insights.leak]"
    replaced = "remove it, and have it replaced where it was issued; in an example, write … for its middle"
    assert built == [
        f"essays/leaks/deploy.env:2: a secret (Private Key): -----BEG…; {replaced} [insights.leak]",
        f"essays/leaks/index.md:8: a placeholder: TODO; {quote}",
        f"essays/leaks/index.md:10: an e-mail address that is neither that of conf.py nor a link: someone@company.com; {quote}",
        f"essays/leaks/index.md:12: this machine as a host: localhost; {quote}",
        f"essays/leaks/index.md:14: essays/leaks/leaky.yaml:2: a path of this machine: {root}; mend that file, or take it out "
        "here [insights.leak]",
        f"essays/leaks/index.md:17: a secret (GitHub Token): ghp_a1B2…; {replaced} [insights.leak]",
        "essays/next/index.md:10: no picture 'essays/next/none.png'; add the file, or write its path relative to this text, or "
        "from the top with a leading / [image.not_readable]",
        'essays/taste/index.md:9: " in prose; write “ or ” [insights.quotes]',
        "essays/taste/index.md:14: a heading of level 4 below one of level 1; write ## [insights.heading-levels]",
    ]


RIGHT = """\
Run `http://localhost:3000`, `git@github.com:me/x.git`, `logo@2x.png` and `postgres://user:pw@db.internal/x`.
See <https://a.example>. Or [words](https://bücher.example/weg?a=b), {rfc}`2119`, {pep}`8`.

```go
//go:build linux
```

```html
<img src="https://a.example/x.png" style="color: red" onload="x()"> url(https://a.example/x.woff2) someone@company.com
```

![Space](my%20pic.png) ![Space](<my pic.png>) ![Umlaut](größe.png) ![Large](Shot.PNG) ![Moves](move.gif) ![New](photo.avif)
![Drawn](mpl.svg) ![Drawn](inkscape.svg) ![Drawn](drawio.svg) ![Photograph](photo.jpeg)

[Paper](paper.pdf), [all](bundle.zip), [notebook](note.ipynb), [script](run.sh), [film](clip.mp4), [notes](part.md).
And [more](a%20b.yaml).
"""


def test_what_check_passes_is_published_whatever_the_files_are_called(tmp_path: Path) -> None:
    root = project(tmp_path / "source")
    pictures = ("my pic.png", "move.gif", "photo.avif", "mpl.svg", "inkscape.svg", "drawio.svg")
    downloads = ("paper.pdf", "bundle.zip", "note.ipynb", "run.sh", "clip.mp4", "part.md")
    folder = essay(root, "right", RIGHT, *pictures, *downloads)
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 12.0, 0.0)}
    photograph = io.BytesIO()
    Image.new("RGB", (8, 4)).save(photograph, "JPEG", exif=exif)
    (folder / "photo.jpeg").write_bytes(photograph.getvalue())
    shutil.copy2(FILES / "shot.png", folder / "Shot.PNG")
    shutil.copy2(FILES / "pic.png", folder / unicodedata.normalize("NFD", "größe.png"))
    (folder / "a b.yaml").write_text("url: http://localhost:3000  # TODO: someone@company.com\n")
    for editors in ("#index.md#", "index.md~", ".index.md.swp"):
        (folder / editors).write_text("TODO")
    (folder / ".#index.md").symlink_to("somebody@machine.1")
    place = (
        "essays/right/index.md:20: warning: photo.jpeg says where it was taken; the build takes that out of the published copy"
    )
    # The fixture has no place for the rules of taste: they are not what this is about.
    assert [line for line in said(root, "check", {"right"}) if "insights.file" in line] == [f"{place} [insights.file]"]
    assert said(root, "html", {"right"}) == [f"{place} [insights.file]"]
    site = root / "_build/html"
    page = (site / "essays/right/index.html").read_text(encoding="utf-8")
    addresses = set(re.findall(r'(?:src|href)="(?:\.\./)*([^":#?]+\.(?!html|css|js|xml|json|svg"|py)\w+)"', page))
    for address in addresses:
        assert address.isascii()
    assert (site / "essays/right/Shot.PNG").is_file()
    assert b"Exif" not in (site / "essays/right/photo.jpeg").read_bytes()
    assert b"inkscape" not in (site / "essays/right/inkscape.svg").read_bytes()
    for name in ("paper.pdf", "clip.mp4", "a b.yaml", "part.md"):
        assert (site / "essays/right" / name).read_bytes() == (folder / name).read_bytes()
