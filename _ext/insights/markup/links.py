"""Links to addresses of this site, as authors of other generators write them: ``/essays/x/``, ``../x/``, the whole URL.

Those in Markdown become links to texts. Those of cards, buttons, badges and pictures stay addresses, relative to the page, and
are looked up when the site is complete.
"""

import re
import unicodedata
from pathlib import Path
from posixpath import join, normpath
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from docutils import nodes
from docutils.utils import get_source_line
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from insights.addresses import DANGEROUS, parts_of
from insights.source import essay_slug

from .attachments import found_file
from .names import names_of
from .originals import lead_to_original, original_address, original_anchor, text_at

logger = logging.getLogger(__name__)

#: The key in the metadata of a text for its links to addresses of the site.
SITE_LINKS = "insights_site_links"
#: Kinds of references in which a file or an address can stand for a text.
OPEN_KINDS = {("std", "doc"), ("", "any"), ("std", "any"), (None, "any"), (None, "myst"), ("", "myst")}

#: The domains, and the roles of the standard domain, that name code and settings.
CODE_DOMAINS = {"c", "cpp", "js", "py", "rst"}
CODE_ROLES = {("std", role) for role in ("confval", "envvar", "keyword", "option", "token")}


class SiteLink(NamedTuple):
    """A link to an address of the site: as it was written, the path from the root, the anchor, and where it stands."""

    written: str
    path: str
    anchor: str
    line: int


class SiteLinks(SphinxTransform):
    """Find the links of a text to addresses of the site."""

    default_priority = 870  # before MyST looks for anchors in the text

    def apply(self, **kwargs: Any) -> None:
        """Turn those in Markdown into links to texts, and the others into relative addresses."""
        found, references = list[SiteLink](), list(self.document.findall(nodes.reference))
        for node in list(self.document.findall(addnodes.pending_xref)):
            kind = (node.get("refdomain"), node.get("reftype"))
            if kind in OPEN_KINDS and (address := self._address(node["reftarget"], node["reftype"])):
                self._lead(node, *address, found)
            elif kind[1] == "myst" and not kind[0] and re.search(r"[.?]", node["reftarget"]):
                self._lead_to_file(node)
        for reference in references:
            if reference.get("id_link"):
                anchor = self._own_anchor(reference["refuri"][1:])
                reference["refuri"] = f"#{anchor}"
                if uri := original_anchor(self, anchor, self._names()):
                    lead_to_original(reference, uri)
            elif "refuri" in reference and (address := self._address(reference["refuri"], "url")):
                self._lead(reference, *address, found)
        if found:
            self.env.metadata[self.env.docname][SITE_LINKS] = found

    def _address(self, target: str, kind: str) -> tuple[str, str] | None:
        """The path and the anchor of an address of the site, or None if ``target`` is something else."""
        base = self.config.html_baseurl
        if target.startswith(base) or f"{target}/" == base:
            target = "/" + target[len(base) :]
        parts = parts_of(target)
        path = unquote(parts.path)
        if parts.scheme or parts.netloc or not path:
            return None
        if kind != "url" and "/" not in path and not path.endswith(".md"):
            return None  # a label
        if kind == "doc" and not path.endswith(("/", ".md")):
            return None  # as Sphinx writes it
        if path.startswith("/"):
            path = path[1:]
        else:
            page: str = self.app.builder.get_target_uri(self.env.docname)
            beside = normpath(join(str(Path(self.env.docname).parent), path))
            path = beside + path[len(path.rstrip("/")) :] if text_at(self.env, beside) else _joined(page, path)
        return path, unquote(parts.fragment)

    def _lead(self, node: nodes.Element, path: str, anchor: str, found: list[SiteLink]) -> None:
        """Make ``node`` lead to what is at ``path``."""
        written, docname = node.get("refuri") or node["reftarget"], text_at(self.env, path)
        plain = isinstance(node, addnodes.pending_xref) or not (node["classes"] or node.next_node(nodes.image))
        markdown = node.get("reftype", "myst") == "myst" and plain
        if uri := original_address(self, written, path):
            lead_to_original(node, uri)
        elif docname and not anchor and isinstance(node, addnodes.pending_xref) and not markdown:
            node.setdefault("refexplicit", bool(node.children))
            node["refdomain"], node["reftype"], node["reftarget"] = "std", "doc", f"/{docname}"
        elif docname and markdown:
            node.replace_self(_text_link(node, self.env.docname, docname, anchor))
        elif isinstance(node, addnodes.pending_xref) and found_file(self.env, self.env.docname, written):
            pass  # it becomes a download
        elif not (isinstance(node, addnodes.pending_xref) and path.endswith(".md")):
            if docname:
                path = self.app.builder.get_target_uri(docname)
            page = self.app.builder.get_target_uri(self.env.docname)
            address = relative_uri(page, path) + (f"#{anchor}" if anchor else "")
            if isinstance(node, addnodes.pending_xref):
                link = nodes.reference("", "", *node.children, classes=node["classes"])
                link.source, link.line = node.source, node.line
                node.replace_self(link)
                node = link
            node["refuri"], node["internal"] = address or "./", True
            found.append(SiteLink(written, path, anchor, get_source_line(node)[1] or 1))

    def _lead_to_file(self, node: addnodes.pending_xref) -> None:
        """Make a link to a file that is not beside this text lead to the site of the original, if it appeared elsewhere first."""
        written, page = node["reftarget"], self.app.builder.get_target_uri(self.env.docname)
        path = unquote(parts_of(written).path)
        if written not in self._names() and (uri := original_address(self, written, path and _joined(page, path))):
            lead_to_original(node, uri)

    def _names(self) -> set[str]:
        """The names in this text that a link can have as its anchor."""
        named = (names_of(self.env, *table, self.env.docname) for table in (("math", "objects"), ("std", "anonlabels")))
        return {*self._slugs(), *self.document.nameids, *self.document.ids}.union(*named)

    def _slugs(self) -> dict[str, object]:
        return getattr(self.document, "myst_slugs", {})

    def _own_anchor(self, target: str) -> str:
        """The anchor of this text that an author means who has typed it in another case or composition, or with other hyphens."""
        if target in self._names():
            return target
        for form in (_composed, _letters):
            for names in (self._slugs(), self.document.nameids):
                found = [name for name in names if form(name) == form(target)]
                if len(found) == 1 and form(target):
                    return found[0]
        return target


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", unquote(name)).lower()


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", _composed(name))


def _joined(page: str, path: str) -> str:
    """An address relative to that of a page, from the root."""
    joined = str(normpath(join(page, path))).removeprefix("./").removeprefix(".")
    return joined + "/" if path.endswith("/") and joined else joined


def _text_link(node: nodes.Element, docname: str, target: str, anchor: str) -> addnodes.pending_xref:
    """A link to a text, as MyST makes it of ``[words](/path.md)``."""
    words = node[0].children if isinstance(node, addnodes.pending_xref) else node.children
    if node.astext() == node.get("refuri"):
        words = []  # a bare address: MyST writes the title of the text instead
    explicit = node.get("refexplicit", bool(words))
    link = addnodes.pending_xref(
        refdomain="doc", reftype="myst", reftarget=target, reftargetid=anchor or None, refdoc=docname, refexplicit=explicit
    )
    link.source, link.line = node.source, node.line
    link += nodes.inline("", "", *words, classes=["xref", "myst"])
    if "reftitle" in node:
        link["reftitle"] = node["reftitle"]
    return link


def lead_to_other_essays(app: Sphinx, doctree: nodes.document) -> None:
    """Make a link to a file of another essay one to its address: that essay publishes it, or the link is dead."""
    docname = app.env.docname
    for download in list(doctree.findall(addnodes.download_reference)):
        name = Path(app.env.relfn2path(download["reftarget"], docname)[0]).as_posix()
        owner = f"{'/'.join(name.split('/')[:2])}/index"
        if "://" not in download["reftarget"] and essay_slug(owner) and owner != docname and owner in app.env.found_docs:
            address = relative_uri(app.builder.get_target_uri(docname), quote(name))
            download.replace_self(nodes.reference("", "", *download.children, internal=True, refuri=address))
            found = app.env.metadata[docname].setdefault(SITE_LINKS, [])
            found.append(SiteLink(download["reftarget"], name, "", get_source_line(download)[1] or 1))


def report_dead_links(app: Sphinx, files: set[str]) -> None:
    """Report, as MyST does, the links to addresses at which the complete site has none of its ``files``, or no such anchor."""
    for docname in sorted(app.env.found_docs):
        for link in app.env.metadata[docname].get(SITE_LINKS, ()):
            if wrong := _wrong(link, Path(app.outdir), files):
                logger.error("%s", wrong, location=(docname, link.line), type="myst", subtype="xref_missing")


def _wrong(link: SiteLink, out: Path, files: set[str]) -> str | None:
    """What is wrong with a link, in the words of MyST."""
    path = link.path if link.path in files else f"{link.path.rstrip('/')}/index.html".lstrip("/")
    if path not in files:
        written = f"/{link.path}" if "://" in link.written else link.written
        return f"'myst' cross-reference target not found: {written!r}"
    page = out / path  # which is not there if it could not be written
    if link.anchor and page.exists() and f'id="{link.anchor}"' not in page.read_text(encoding="utf-8", errors="replace"):
        return f"local id not found in doc {path.removesuffix('.html')!r}: {link.anchor!r}"
    return None


def advise_code(app: Sphinx, domain: Domain | None, node: addnodes.pending_xref) -> bool | None:
    """Accept a role for code or a setting that nothing here describes, such as ``{py:func}``: it is code then, and advised."""
    if "refwarn" not in node:
        return None  # a type in a signature, which no author has typed as a reference
    kind = "std" if domain is None else domain.name
    role = node["reftype"] if kind == "std" else f"{kind}:{node['reftype']}"
    if kind not in CODE_DOMAINS and (kind, node["reftype"]) not in CODE_ROLES:
        return None
    logger.warning("nothing describes %r, so that {%s} is no link; it is shown as code", node["reftarget"], role, location=node)
    return True


def allowed_schemes(app: Sphinx) -> list[str]:
    """The schemes of links that leave the publication: those of conf.py."""
    return [scheme for scheme in app.config.myst_url_schemes if scheme not in DANGEROUS]


def setup(app: Sphinx) -> None:
    """Resolve links to addresses of the site, and accept names of code that nothing describes."""
    app.add_transform(SiteLinks)
    app.connect("doctree-read", lead_to_other_essays, priority=450)  # before Sphinx collects downloads
    app.connect("warn-missing-reference", advise_code)
