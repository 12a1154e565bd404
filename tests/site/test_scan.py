"""Nothing reaches readers that is not for them: each thing that must not be there is planted, and found where it was planted."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
import zlib
from datetime import date as Day
from pathlib import Path

import pytest
from conftest import ROOT, Site, insights
from hypothesis import given
from hypothesis import strategies as st
from insights.cache import Store, files
from insights.commands.publish import publish
from insights.publish import ScanRule, scan, scan_rules, scan_site
from insights.source import essays
from PIL import Image

ESSAY = "essays/second/index.html"


def rules(root: Path, store: Store, day: str = "2026-06-01") -> list[ScanRule]:
    settings = runpy.run_path(str(root / "conf.py"))
    hidden = [essay for essay in essays.read_essays(root / "essays", store) if not essay.public(Day.fromisoformat(day))]
    return scan_rules(root, settings, hidden, store)


def leaks_in(folder: Path, root: Path, day: str = "2026-06-01") -> list[str]:
    store = Store(folder.with_name("store"))
    own_static = {f"_static/{path.name}" for path in (root / "_static").iterdir()}
    return [str(finding) for finding in scan_site(folder, rules(root, store, day), own_static, store)]


@pytest.fixture
def copy(tmp_path: Path, site: Site) -> Path:
    """The fixture site without the files of libraries, to plant things in."""
    return Path(shutil.copytree(site.folder, tmp_path / "html", ignore=shutil.ignore_patterns("_static", "category")))


@pytest.fixture(scope="module")
def source(site: Site) -> Path:
    """What the fixture site was built from."""
    return site.folder.parent / "source"


def plant(page: Path, text: str) -> tuple[int, int]:
    """Write ``text`` into the last paragraph of a page; its line and column."""
    before, end, after = page.read_text(encoding="utf-8").rpartition("</p>")
    page.write_text(f"{before} {text}{end}{after}", encoding="utf-8")
    return before.count("\n") + 1, len(before) - before.rfind("\n") + 1


def test_a_script_outside_the_content_policy_is_found(copy: Path, source: Path) -> None:
    plant(copy / ESSAY, "<script>alert(1)</script>")
    assert leaks_in(copy, source) == [f"{ESSAY}: a script in the page whose hash its policy does not name"]


def test_the_site_and_the_publication_are_clean(site: Site, source: Path, publication: Site) -> None:
    assert leaks_in(site.folder, source) == []
    assert leaks_in(publication.folder, ROOT, Day.today().isoformat()) == []


PLANTED = {
    "a draft's title": "A Draft of quokkatitle",
    "a draft's title, marked up and escaped": "a <em>draft</em>&nbsp;of&#32;QUOKKATITLE",
    "a draft's address": '<a href="../../essays/in-preparation/">soon</a>',
    "a draft's summary": "a summary with the word quokkasummary",
    "a scheduled essay's title": "A Scheduled wombattitle",
    "a scheduled essay's address in a feed": "https:\\/\\/insights.example\\/essays\\/in-the-future\\/",
    "a path of the machine": "{root}/essays",
    "a folder of the machine": "{prefix}/lib/python3",
    "somebody's home": "/home/somebody/essay",
    "somebody's home elsewhere": "C:\\Users\\somebody",
    "a local file": '<a href="file:///etc/hosts">here</a>',
    "an e-mail address": "someone@publication.com",
    "an e-mail address, cloaked": "someone&#64;publication.com",
    "a message of the build": '<aside class="system-message">',
    "a problem in the text": '<span class="problematic">:ref:`x`</span>',
    "a style on an element": '<b style="color: red">x</b>',
    "a style of a page": "<style>b { color: red }</style>",
    "a script on an element": '<img src="x" alt="" onerror="alert(1)">',
    "a note to oneself": "TODO",
    "another note to oneself": "FIXME",
    "text that stands in for text": "Lorem ipsum dolor",
    "a server on the author's desk": "localhost:3000",
    "another": "127.0.0.1:8000",
    "a link to it, though quoted": '<code><a href="http://localhost:8000/">it</a></code>',
    "a host of nobody's": '<img src="https://counter.tracking.com/pixel.png">',
    "a host in a sheet": '<i title="url(//fonts.tracking.com/x.woff2)">x</i>',
    "a host without a scheme": '<script src="//cdn.tracking.com/x.js">',
}


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_leak_is_found_at_its_place(copy: Path, source: Path, text: str) -> None:
    text = text.replace("{root}", str(source)).replace("{prefix}", sys.prefix)
    line, column = plant(copy / ESSAY, text)
    found = leaks_in(copy, source)
    assert found, text
    file, at_line, at_column, _ = found[0].split(":", 3)
    assert (file, int(at_line)) == (ESSAY, line)
    assert column <= int(at_column) <= column + len(text)


@pytest.mark.parametrize(
    "text",
    [
        "<code>TODO</code>",
        '<pre><span>curl</span> 127.0.0.1\nlocalhost <span class="c1"># FIXME</span></pre>',
        "<code>/home/you/essays</code>",
        "writer@example.com",
        "the mastodon",
        'On localhost, or 127.0.0.1, it says "TODO".',
        "<code>someone@publication.com, http://localhost:3000, postgres://user:pw@db.internal/x</code>",
        '<img src="../logo@2x.png" alt="The file logo@2x.png"> and getty@tty1.service',
        "a clone of git@github.com:me/x.git by @ada@hachyderm.io",
        '<a href="https://b\u00fccher.de/">a link</a> to <a href="//anybody.com">any host</a>.',
        '<img src="data:image/png;base64,iVBOR/XXX+TODO==" alt="">',
        '<pre>&lt;img src="https://a.com/x.png" style="x" onload="y" class="problematic"&gt; url(//a.com)</pre>',
    ],
)
def test_quoted_text_is_no_leak(copy: Path, source: Path, text: str) -> None:
    plant(copy / ESSAY, text)
    assert leaks_in(copy, source) == []


def test_quoted_text_in_a_feed_is_no_leak_and_other_text_is(copy: Path, source: Path) -> None:
    feed = copy / "atom.xml"
    text = feed.read_text(encoding="utf-8")
    end = "</content>"
    assert "&lt;/p&gt;" in text
    feed.write_text(text.replace(end, f"&lt;code&gt;TODO localhost&lt;/code&gt;{end}", 1), encoding="utf-8")
    assert leaks_in(copy, source) == []
    feed.write_text(text.replace(end, f"TODO{end}", 1), encoding="utf-8")
    assert len(leaks_in(copy, source)) == 1


def test_a_hidden_page_is_found_by_its_name(copy: Path, source: Path) -> None:
    shutil.copytree(copy / "essays/first", copy / "essays/in-preparation")
    assert leaks_in(copy, source)[0].startswith("essays/in-preparation/index.html: the hidden essay 'in-preparation' in the name")


@pytest.fixture(scope="module")
def filtered(source: Path, tmp_path_factory: pytest.TempPathFactory) -> list[ScanRule]:
    """The rules with a prefilter."""
    store = Store(tmp_path_factory.mktemp("store"))
    return [rule for rule in rules(source, store) if all(pattern.pattern for pattern in rule.prefilter)]


@given(data=st.data())
def test_no_prefilter_hides_what_its_rule_would_find(filtered: list[ScanRule], data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(filtered))
    text = data.draw(st.from_regex(rule.pattern))
    for found in rule.pattern.finditer(text):
        assert rule.applies_to(found[0].encode()), rule.name


def test_metadata_in_an_image_is_a_leak(copy: Path, source: Path) -> None:
    notes = Image.Exif()
    notes[0x013B] = "Somebody"
    image = Image.new("RGB", (8, 8))
    for kind in ("jpg", "png", "webp"):
        image.save(copy / f"taken.{kind}", exif=notes)
        image.save(copy / f"drawn.{kind}", dpi=(144, 144), icc_profile=b"x" * 200)
    (copy / "broken.png").write_bytes(b"x")
    told = "notes in the picture, such as who took it where; save it without"
    assert leaks_in(copy, source) == ["broken.png: no picture", *(f"taken.{kind}: {told}" for kind in ("jpg", "png", "webp"))]


def test_compressed_files_are_scanned_too(copy: Path, source: Path) -> None:
    inventory = copy / "objects.inv"
    *head, packed = inventory.read_bytes().split(b"\n", 4)
    entries = zlib.decompress(packed) + b"essays/in-the-future/index std:doc -1 essays/in-the-future/ A\n"
    inventory.write_bytes(b"\n".join([*head, zlib.compress(entries)]))
    assert leaks_in(copy, source)[0].startswith("objects.inv:")


def test_files_that_belong_to_no_site_are_found(copy: Path, source: Path) -> None:
    (copy / "essays/index.md").write_text("# Sources\n")
    (copy / "essays/.secret").write_text("x")
    with (copy / "big.csv").open("wb") as file:
        file.truncate(25_000_001)
    (copy / "empty.html").touch()
    (copy / "nothing.html.gz").write_bytes(b"x")
    (copy / "binary.html").write_bytes(b"<p>\xff\xfe</p>")
    (copy / "passwd.txt").symlink_to("/etc/passwd")
    assert [leak.partition(";")[0] for leak in leaks_in(copy, source)] == [
        "big.csv: 25000001 bytes",
        "binary.html: byte 3: no UTF-8",
        "empty.html: 0 bytes",
        "essays/.secret: no file of a site",
        "essays/index.md: no file of a site",
        "nothing.html.gz: no file of a site",
        "passwd.txt: a link to /etc/passwd",
    ]


def test_a_site_with_a_leak_is_not_published(tmp_path: Path, site: Site, source: Path) -> None:
    work, served = tmp_path / "work", tmp_path / "html"
    shutil.copytree(site.folder, work)

    def publish() -> subprocess.CompletedProcess[str]:
        return insights(source, "publish", work, served, INSIGHTS_TODAY="2026-06-01")

    assert publish().returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.glob("html*/**/*") if path.is_file()}
    plant(work / ESSAY, "TODO")
    refused = publish()
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"conf.py:1: {ESSAY}:")
    told = "a placeholder: TODO; nothing in the sources says so [insights.leak]\n"
    assert refused.stderr.endswith(f"{told}1 error, 0 warnings; the published site stays as it was\n")
    assert {path: path.read_bytes() for path in tmp_path.glob("html/**/*") if path.is_file()} == before
    shutil.copyfile(site.folder / ESSAY, work / ESSAY)
    assert publish().returncode == 0


def test_changed_rules_scan_everything_again(tmp_path: Path, site: Site, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when an essay that was out is scheduled again: pages that name it have not changed."""
    work, served = Path(shutil.copytree(site.folder, tmp_path / "work")), tmp_path / "html"

    def publish_on(day: str) -> int:
        monkeypatch.setenv("INSIGHTS_TODAY", day)
        return publish(work, served, source, runpy.run_path(str(source / "conf.py")))

    assert publish_on("2026-06-01") == 0
    plant(work / ESSAY, "A Scheduled wombattitle")
    assert publish_on("2026-06-03") == 0
    assert "wombattitle" in (served / ESSAY).read_text()
    assert publish_on("2026-06-01") == 1


def test_a_file_that_was_let_through_is_not_read_again(
    tmp_path: Path, site: Site, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(site.folder, tmp_path / "html"))
    monkeypatch.setattr(files, "TICK", 0)
    assert leaks_in(copy, source) == []
    plant(copy / ESSAY, "TODO")
    with monkeypatch.context() as patched:
        patched.setattr(scan, "_findings", lambda path, name, *_: [scan.Finding(name, 1, 1, "", "was read")])
        assert leaks_in(copy, source) == [f"{ESSAY}: was read"]


def test_every_file_is_listed_with_its_digest(tmp_path: Path, site: Site, source: Path) -> None:
    assert insights(source, "publish", site.folder, tmp_path / "html", INSIGHTS_TODAY="2026-06-01").returncode == 0
    check = ["sha256sum", "--check", "--strict", "html.sha256"]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len([path for path in (tmp_path / "html").rglob("*") if path.is_file()])
    (tmp_path / "html/index.html").write_text("changed")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 1
