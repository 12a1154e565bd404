"""A real server sends the right types and headers, nothing twice, compressed, and only files of the site."""

from __future__ import annotations

import gzip
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from urllib.error import HTTPError

import brotli
import pytest
from conftest import ROOT, Site, insights
from insights.cache import Store
from insights.csp import content_policy
from insights.output import permalinks, scripts_of
from insights.output.hosting import headers_file, nginx_config
from insights.publish.exchange import publish_site

FEEDS = {"/atom.xml": "application/atom+xml", "/rss.xml": "application/rss+xml", "/feed.json": "application/feed+json"}
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class Answer:
    """What a server sent: status, headers, body."""

    def __init__(self, address: str, **headers: str) -> None:
        request = urllib.request.Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request) as response:
                self.status, self.headers, self.body = response.status, response.headers, response.read()
        except HTTPError as error:
            self.status, self.headers, self.body = error.code, error.headers, error.read()


#: What conf.py could say has moved.
MOVED = {"/essays/an-old-name/": "/essays/designing-for-failure/", "/essays/category/old/atom.xml": "/atom.xml"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, publication: Site) -> Path:
    """The site as it was built, with such archives beside its feeds as it has once there are many essays."""
    site = shutil.copytree(publication.folder, tmp_path_factory.mktemp("work") / "html")
    for folder in (site, site / "essays/category/system-design"):
        (folder / "archive/1").mkdir(parents=True)
        for path in FEEDS:
            shutil.copy(folder / path[1:], folder / "archive/1")
    return site


def publish(work: Path, site: Path, feed_changes: dict[str, int] | None = None) -> None:
    """Publish ``work``, with a store beside ``site``."""
    publish_site(work, site, Store(site.with_name("store")), feed_changes or {})


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, work: Path) -> Path:
    """The site as it is put where a server finds it."""
    site = tmp_path_factory.mktemp("served") / "html"
    publish(work, site)
    return site


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[str]:
    """Where nginx serves it, by the configuration that `python -m insights nginx` prints."""
    assert PROGRAM, "nginx is missing: sudo apt-get install nginx-light"
    folder, port = tmp_path_factory.mktemp("nginx"), 8471
    for part in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / part).mkdir()
    temporary = "\n".join(f"{part}_temp_path {folder}/{part};" for part in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    site = nginx_config(published, f"127.0.0.1:{port}", content_policy(scripts_of(published)), MOVED)
    (folder / "nginx.conf").write_text(
        f"user root; daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{ include /etc/nginx/mime.types;\n"
        f"access_log off;\n{temporary}\n{site} }}\n"
    )
    log = folder / "error.log"
    with log.open("wb") as errors:
        running = subprocess.Popen([PROGRAM, "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"], stderr=errors)
    try:
        for _ in range(100):
            assert running.poll() is None, log.read_text()
            try:
                Answer(f"http://127.0.0.1:{port}/")
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


@pytest.mark.parametrize(("path", "media_type"), FEEDS.items())
@pytest.mark.parametrize("of", ["", "/essays/category/system-design"])
@pytest.mark.parametrize("folder", ["", "/archive/1"])
def test_a_feed_has_its_media_type_and_allows_any_origin(address: str, path: str, media_type: str, of: str, folder: str) -> None:
    """Its archives too; and it says the same when it has not changed."""
    first = Answer(f"{address}{of}{folder}{path}")
    assert first.status == 200
    assert first.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    again = Answer(f"{address}{of}{folder}{path}", If_None_Match=first.headers["ETag"])
    assert again.status == 304
    for answer in (first, again):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", [*FEEDS, "/", "/essays/designing-for-failure/"])
def test_an_unchanged_file_is_not_sent_again(address: str, path: str) -> None:
    first = Answer(address + path)
    assert Answer(address + path, If_None_Match=first.headers["ETag"]).status == 304
    assert Answer(address + path, If_Modified_Since=first.headers["Last-Modified"]).status == 304
    assert Answer(address + path, If_None_Match='"another"').status == 200


def test_an_unchanged_file_is_not_sent_again_after_a_rebuild(address: str, work: Path, published: Path) -> None:
    tags = {path: Answer(address + path).headers["ETag"] for path in FEEDS}
    for file in work.rglob("*"):
        file.touch()
    publish(work, published)
    for path, tag in tags.items():
        assert Answer(address + path, If_None_Match=tag).status == 304


def test_a_correction_is_sent_even_without_a_new_date(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    times = []
    for text in ("a mistake", "no mistake"):
        (work / "index.html").write_text(text)
        publish(work, tmp_path / "html")
        times.append((tmp_path / "html/index.html").stat().st_mtime)
    assert times[0] != times[1]


def test_an_essay_changes_only_the_feeds_that_have_it(tmp_path: Path) -> None:
    """The files of the others keep their times, from which a server makes their ETags."""
    times = []
    for newest in ("2026-04-28", "2026-06-01"):
        days = {"": newest, "archive/1": "2026-01-02", "essays/category/a": "2026-03-04"}
        for folder, day in days.items():
            (tmp_path / "work" / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / "work" / folder / "feed.json").write_text(f"As of {day}")
            (tmp_path / "work" / folder / "atom.xml").write_text(f"The feed of {folder}. " * 200)
        (tmp_path / "work/index.html").write_text("one")
        changes = {folder: int(datetime.fromisoformat(f"{day}T00:00:00Z").timestamp()) for folder, day in days.items()}
        publish(tmp_path / "work", tmp_path / "html", changes)
        found = [path for path in (tmp_path / "html").rglob("*") if path.is_file()]
        times.append({path.relative_to(tmp_path / "html").as_posix(): path.stat().st_mtime for path in found})
    assert times[0].keys() == times[1].keys()
    changed = {name for name, then in times[0].items() if times[1][name] != then}
    assert {"index.html", "feed.json", "atom.xml", "atom.xml.gz", "atom.xml.br"} <= changed
    assert not [name for name in changed if name.startswith(("archive/", "essays/"))]
    assert datetime.fromtimestamp(times[0]["archive/1/atom.xml"], UTC).date() == date(2026, 1, 1)  # never ahead


@pytest.mark.parametrize("path", ["/", "/essays/designing-for-failure/", "/nothing/", "/atom.xml", "/_static/insights.css"])
def test_every_response_has_the_security_headers(address: str, path: str) -> None:
    headers = Answer(address + path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert headers["Content-Security-Policy"].endswith("; frame-ancestors 'none'")
    for name in ("Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"):
        assert len(headers.get_all(name)) == 1


def test_files_with_versions_are_cached_for_ever_and_others_revalidated(address: str) -> None:
    assert Answer(f"{address}/_static/insights.css?v=1").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in ("/", "/essays/designing-for-failure/", "/_static/mark.svg", "/search/documents/0.json"):
        assert Answer(address + path).headers["Cache-Control"] == "no-cache"


def test_hsts_is_sent_only_where_it_is_set(published: Path) -> None:
    said = "Strict-Transport-Security"
    assert said not in nginx_config(published, "80", "p", {}) + headers_file("p")
    assert f'add_header {said} "max-age=31536000" always;' in nginx_config(published, "80", "p", {}, "max-age=31536000")
    assert f"  {said}: max-age=31536000\n" in headers_file("p", "max-age=31536000")


def test_the_headers_file_has_the_same_headers(publication: Site) -> None:
    said = publication.files()["_headers"].decode()
    assert f"  Content-Security-Policy: {content_policy(scripts_of(publication.folder))}; frame-ancestors 'none'" in said
    for of in ("/", "/archive/:number/", "/essays/category/:category/", "/essays/category/:category/archive/:number/"):
        for name, media_type in FEEDS.items():
            headers = said.partition(f"\n{of}{name[1:]}\n")[2].partition("\n/")[0].splitlines()
            assert sorted(headers) == [
                "  Access-Control-Allow-Origin: *", "  Cache-Control: public, max-age=3600",
                f"  Content-Type: {media_type}; charset=utf-8",
            ]  # fmt: skip
    assert "/_static/insights.css\n  Cache-Control: public, max-age=31536000, immutable\n" in said


@pytest.mark.parametrize("path", [*FEEDS, "/", "/_static/insights.css"])
def test_text_is_sent_compressed_on_request(address: str, path: str) -> None:
    plain, packed = Answer(address + path), Answer(address + path, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2


def test_files_compressed_at_publication_are_sent(address: str, published: Path) -> None:
    for path, file in (("/", "index.html"), ("/_static/insights.css", "_static/insights.css"), ("/atom.xml", "atom.xml")):
        assert Answer(address + path, Accept_Encoding="gzip").body == (published / f"{file}.gz").read_bytes()
        assert brotli.decompress((published / f"{file}.br").read_bytes()) == (published / file).read_bytes()


def test_an_unknown_address_shows_our_404_page(address: str) -> None:
    answer = Answer(f"{address}/essays/nothing/")
    assert answer.status == 404
    assert b"This page does not exist" in answer.body


def asked(address: str, target: bytes, method: bytes = b"GET") -> tuple[int, dict[str, str], bytes]:
    """What is answered to a request with ``target`` as it is written, which no library would send."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(method + b" " + target + b" HTTP/1.1\r\nHost: insights.example\r\nConnection: close\r\n\r\n")
        head, _, body = b"".join(iter(partial(connection.recv, 65536), b"")).partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(": ") for line in lines)
    return int(status.split()[1]), {name.lower(): value for name, _, value in fields}, body


OUTSIDE = [
    b"/../beside.txt", b"/../../../../../../../../etc/passwd", b"/essays/../../beside.txt", b"/_static/../../beside.txt",
    b"/%2e%2e/beside.txt", b"/%2e%2e%2fbeside.txt", b"/..%2fbeside.txt", b"/.%2e/beside.txt", b"/..%5cbeside.txt",
    b"/..\\beside.txt",
    b"/%252e%252e/beside.txt", b"/%c0%ae%c0%ae/beside.txt", b"/%u002e%u002e/beside.txt", b"/%uff0e%uff0e/beside.txt",
    b"//../beside.txt", b"/essays//..//../beside.txt", b"/;/../beside.txt", b"/..;/beside.txt", b"/../beside.txt%00.html",
    b"../beside.txt",
    b"/\xff\xfe/../../beside.txt", b"http://insights.example/../beside.txt",
]  # fmt: skip
ODD = [b"/%00", b"/index.html%00.txt", b"/%", b"/%zz", b"/%ff", b"/%e2%80%ae", b"/\xff", b"/" + b"a" * 7000, b"/" + b"../" * 2000,
       b"/%0d%0aSet-Cookie:%20a=b", b"/essays/%20", b"/ESSAYS/", b"/index.html/", b"/essays/designing-for-failure/index.md",
       b"*"]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_nothing_outside_the_site_is_served(address: str, published: Path, target: bytes) -> None:
    (published.parent / "beside.txt").write_text("beside the site")
    status, _, body = asked(address, target)
    assert status in {400, 404}
    assert b"beside the site" not in body
    assert b"root:" not in body


@pytest.mark.parametrize("target", ODD, ids=lambda target: repr(target[:20]))
def test_an_odd_address_is_refused(address: str, target: bytes) -> None:
    status, headers, _ = asked(address, target)
    assert status in {400, 404, 414}
    assert "set-cookie" not in headers


def test_hidden_files_stay_hidden(address: str, published: Path) -> None:
    (published / ".git").mkdir()
    for name in (".buildinfo", ".git/config", "essays/.hidden"):
        (published / name).write_text("hidden")
        for target in (f"/{name}", "/" + name.replace(".", "%2e"), f"//{name}"):
            status, _, body = asked(address, target.encode())
            assert (status, b"This page does not exist" in body) == (404, True), target
    for name in (".buildinfo", ".git/config", "essays/.hidden"):
        (published / name).unlink()


def test_no_folder_is_listed(address: str, published: Path) -> None:
    for folder in (path for path in published.rglob("*") if path.is_dir() and not (path / "index.html").exists()):
        status, _, body = asked(address, f"/{folder.relative_to(published).as_posix()}/".encode())
        assert (status, b"This page does not exist" in body) == (404, True), folder


def test_an_old_address_is_redirected_for_ever(address: str) -> None:
    for old, new in MOVED.items():
        for target in {old, old.rstrip("/")}:
            status, headers, _ = asked(address, target.encode())
            assert (status, headers["location"]) == (301, new), target
            assert "Content-Security-Policy".lower() in {name.lower() for name in headers}


def test_files_for_hosts_are_not_served(address: str, published: Path) -> None:
    for name in ("_headers", "index.html.gz", "essays/index.html.br", "atom.xml.gz"):
        assert (published / name).exists()
        assert asked(address, f"/{name}".encode())[0] == 404, name


def test_a_page_has_one_address(address: str) -> None:
    for target in (b"/essays", b"/about", b"/essays/designing-for-failure"):
        status, headers, _ = asked(address, target)
        assert (status, headers["location"]) == (301, f"{target.decode()}/")
    assert asked(address, b"/essays/?a=b")[0] == 200


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"DELETE", b"TRACE", b"CONNECT"])
def test_a_site_is_read_only(address: str, method: bytes) -> None:
    assert asked(address, b"/", method)[0] in {400, 405}


def test_every_page_in_permalinks_lock_exists(address: str) -> None:
    entries = permalinks.read_permalinks((ROOT / "permalinks.lock").read_text(encoding="utf-8"))
    pages = [entry for entry in entries if entry.startswith("/") and "#" not in entry]
    assert len(pages) > 20
    assert [page for page in pages if Answer(address + page).status != 200] == []


def test_no_kind_of_file_is_sent_again_unchanged(address: str, published: Path) -> None:
    kinds = {path.suffix: f"/{path.relative_to(published).as_posix()}" for path in published.rglob("*") if path.is_file()}
    for unsent in ("", ".br", ".gz"):  # what is written for hosts; the copies are sent for what they are copies of
        kinds.pop(unsent)
    for path in kinds.values():
        first = Answer(address + path)
        assert Answer(address + path, If_None_Match=first.headers["ETag"]).status == 304, path
        assert Answer(address + path, If_Modified_Since=first.headers["Last-Modified"]).status == 304, path


def test_a_site_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    work, site = tmp_path / "work", tmp_path / "html"
    work.mkdir()
    (work / "index.html").write_text("old")
    publish(work, site)
    # As a call leaves it that was killed between its two renames.
    site.rename(tmp_path / "html.old")
    (work / "index.html").unlink()
    (work / "index.html").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        publish(work, site)
    assert (site / "index.html").read_text() == "old"


def test_the_command_prints_the_tested_configuration(published: Path) -> None:
    done = insights(ROOT, "nginx", published, "--listen", "127.0.0.1:80")
    assert done.stdout == nginx_config(published, "127.0.0.1:80", content_policy(scripts_of(published)), {})
