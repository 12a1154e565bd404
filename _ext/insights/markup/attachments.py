"""The pictures and files beside texts: found however their names are written, and checked at the lines that name them."""

import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from zipfile import is_zipfile

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.matching import Matcher

from insights.pictures import SUFFIXES, is_picture, is_svg, read_picture

logger = logging.getLogger(__name__)

#: The key in the metadata of a text for the files that it names: path from the root, and line.
FILES = "insights_files"
#: The key in the metadata of a text for the address where it appeared first.
ORIGINAL = "insights_original"
#: The largest file to download, in bytes. Some hosts allow no more.
LARGEST = 25_000_000
#: Files that a browser opens as a page of this site, with whatever scripts they have.
PAGES = frozenset({".html", ".htm", ".xhtml", ".xht", ".shtml", ".mhtml", ".xml", ".svgz"})
#: How the files of some kinds begin, by what they are called.
KINDS = {
    "PDF": ((".pdf",), b"%PDF-"), "ZIP": ((".zip", ".docx", ".epub", ".jar", ".odt", ".pptx", ".xlsx"), b"PK"),
    "gzip": ((".gz", ".tgz"), b"\x1f\x8b"), "7z": ((".7z",), b"7z\xbc\xaf"),
}  # fmt: skip
#: How pages begin, whatever they are called, and what a browser takes for one where nobody tells it the kind of a file (WHATWG,
#: MIME Sniffing, section 7.1).
BLANK = rb"(?:\xef\xbb\xbf)?[\s\0]*(?:<!--.{0,2000}?-->\s*)?"
PAGE = re.compile(BLANK + rb"<(?:!doctype\s+html|html|head|body|script|iframe|style|title)[\s>/]", re.IGNORECASE | re.DOTALL)
TAG = re.compile(BLANK + rb"<(?:h1|div|font|table|a|b|br|p)[\s>]|\s*<!--", re.IGNORECASE | re.DOTALL)
XHTML = b"http://www.w3.org/1999/xhtml"


def find_files(app: Sphinx, doctree: nodes.document) -> None:
    """Write the paths of pictures and files as they are on disk: spaces may be escaped, and Unicode has two forms of umlauts."""
    docname = app.env.docname
    for image in doctree.findall(nodes.image):
        image["uri"] = found_file(app.env, docname, image["uri"]) or image["uri"]
    for download in doctree.findall(addnodes.download_reference):
        download["reftarget"] = found_file(app.env, docname, download["reftarget"]) or download["reftarget"]
    for link in list(doctree.findall(addnodes.pending_xref)):
        if link["reftype"] == "myst" and (path := _linked_file(app, docname, link)):
            link.replace_self(addnodes.download_reference("", "", *link.children, **(link.attributes | {"reftarget": path})))


def _linked_file(app: Sphinx, docname: str, link: addnodes.pending_xref) -> str | None:
    """The file that a link leads to which MyST takes for one to a page, or to nothing."""
    if not link.get("refdomain"):
        return found_file(app.env, docname, link["reftarget"])
    name = f"{link['reftarget']}.md"
    page = link["refdomain"] != "doc" or Matcher(app.config.include_patterns)(name)
    return f"/{name}" if not page and Path(app.srcdir, name).is_file() else None


def found_file(env: BuildEnvironment, docname: str, written: str) -> str | None:
    """The path from the root, with a leading slash, of the file that ``written`` names in another form; None without one.

    The files of a text that appeared elsewhere first lie in its folder under the paths that they had there.
    """
    root = Path(env.srcdir)
    if re.match(r"[a-z][\w+.-]*:", written) or not written.strip("./") or (root / env.relfn2path(written, docname)[0]).exists():
        return None
    names = [written, unquote(written)]
    if env.metadata[docname].get(ORIGINAL):
        names += [re.sub(r"^(?:\.{0,2}/)+", "", name) for name in names]
    for name in dict.fromkeys(filter(None, names)):
        path = root
        for part in Path(env.relfn2path(name, docname)[0]).parts:
            path = _entry(path, part) or path / part
        if path.is_file() and path.is_relative_to(root):
            return f"/{path.relative_to(root).as_posix()}"
    return None


def _entry(folder: Path, name: str) -> Path | None:
    """The entry of ``folder`` with this name in any form of Unicode; reStructuredText takes spaces out of names."""
    if (folder / name).exists() or not folder.is_dir():
        return folder / name
    entries = {unicodedata.normalize("NFC", path.name): path for path in sorted(folder.iterdir())}
    wanted = unicodedata.normalize("NFC", name)
    return entries.get(wanted) or {re.sub(r"\s", "", entry): path for entry, path in entries.items()}.get(wanted)


def check_files(app: Sphinx, doctree: nodes.document) -> None:
    """Report what cannot be published of the pictures and files that a text names, at its line; and note which they are."""
    env, docname = app.env, app.env.docname
    named = []
    for node, name in list(_named_files(env, docname, doctree)):
        path = Path(env.srcdir, name)
        if path.is_dir():  # which Sphinx takes for a file that can be read
            wrong = "an empty address" if path == Path(env.doc2path(docname)).parent else f"{name} is a folder"
            fix = "write the path of a picture" if isinstance(node, nodes.image) else "put it into a ZIP file, and link to that"
            logger.error("%s; %s", wrong, fix, location=(docname, _line(env, docname, node)), type="insights", subtype="file")
            node.parent.remove(node)
            env.images.pop(name, None)
            env.dlfiles.pop(Path(name), None)
            continue
        if not path.is_file():
            continue  # reported by Sphinx, which looked for it, or as a device outside the publication
        line = _line(env, docname, node)
        named.append((name, line))
        if isinstance(node, nodes.image):
            _, _, mistakes, advice = read_picture(path)
        else:
            mistakes, advice = _download_problems(app, name, path)
        for mistake in mistakes:
            logger.error("%s", mistake, location=(docname, line), type="insights", subtype="file")
        for word in advice:
            logger.warning("%s", word, location=(docname, line), type="insights", subtype="file")
    env.metadata[docname][FILES] = named


def _named_files(env: BuildEnvironment, docname: str, doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    for image in doctree.findall(nodes.image):
        candidates: dict[str, str] = image.get("candidates", {})
        yield from ((image, name) for kind, name in candidates.items() if kind != "?")
    for download in doctree.findall(addnodes.download_reference):
        if "://" not in download["reftarget"]:
            yield download, env.relfn2path(download["reftarget"], docname)[0]


def _line(env: BuildEnvironment, docname: str, node: nodes.Element) -> int:
    """The line that names the file: a node has only the first line of its paragraph."""
    parent: nodes.Node | None = node
    while parent is not None and parent.line is None:
        parent = parent.parent
    start = parent.line if parent is not None and parent.line else 1
    name = Path(node.get("original_uri") or node.get("reftarget") or node["uri"]).name
    lines = Path(env.doc2path(docname)).read_text(encoding="utf-8", errors="replace").splitlines()[start - 1 : start + 99]
    return next((start + number for number, line in enumerate(lines) if name in line or name in unquote(line)), start)


def _download_problems(app: Sphinx, name: str, path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mistakes and advice about a file that a text offers."""
    if Matcher(app.config.include_patterns)(name):
        return (f"{name} is the source of a page; link to the page, as [words](/{name})",), ()
    if path.suffix.lower() in PAGES:
        return (f"{name} would open as a page of this site; put it into a ZIP file",), ()
    if (size := path.stat().st_size) > LARGEST or not size:
        return (f"{name} has {size:,} bytes; allowed are 1 to {LARGEST:,}: take out what readers do not need",), ()
    content = path.read_bytes()
    if is_picture(path) or is_svg(path, content) or path.suffix.lower() in SUFFIXES["PNG"]:
        picture = read_picture(path)
        return picture.mistakes, picture.advice
    if problem := _other_content(path.suffix.lower(), content):
        return (f"{name} {problem}",), ()
    return (), ()


def _other_content(suffix: str, content: bytes) -> str:
    """In what a file is another than its ``suffix`` says, or damaged; "" if in nothing."""
    known = mimetypes.guess_type(f"a{suffix}")[0] is not None
    if PAGE.match(content) or (XHTML in content[:2000] and content.lstrip()[:1] == b"<") or (not known and TAG.match(content)):
        return "is a page in HTML, which could run on this site; put it into a ZIP file"
    kind = next((kind for kind, (suffixes, _) in KINDS.items() if suffix in suffixes), None)
    if kind and not content.startswith(KINDS[kind][1]):
        return f"is no {kind} file, whatever its name says; save it as one, or rename it"
    if (kind == "PDF" and b"%%EOF" not in content[-4000:]) or (kind == "ZIP" and not is_zipfile(BytesIO(content))):
        return f"is a {kind} file that is cut off; copy it again"
    return ""


def setup(app: Sphinx) -> None:
    """Find the files of a text before Sphinx looks for them, and check them without those that are outside the publication."""
    app.connect("doctree-read", find_files, priority=400)
    app.connect("doctree-read", check_files, priority=750)
