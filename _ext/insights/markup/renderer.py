"""From Markdown to docutils nodes: MyST's renderer, and what our texts have besides (`source/syntax.py`)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import TopmatterReadError, merge_file_level, read_topmatter
from myst_parser.mdit_to_docutils.base import token_line
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.sphinx_ import MystParser
from myst_parser.slugs import github_slugify
from myst_parser.warnings_ import MystWarnings, create_warning
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from sphinx.application import Sphinx
from sphinx.highlighting import lexer_classes
from sphinx.util import logging

from insights.problems import crash_in
from insights.source import TOO_MUCH, FenceInfo, create_parser, read_info

from .elements import element, fold, rule, summary, task
from .inclusion import file_problem, report
from .patience import UNREAD, TooLongError, limited

logger = logging.getLogger(__name__)

HTML_ID = re.compile(r"""<[^>]*?\sid\s*=\s*["']?([^\s"'>]+)""")
#: Languages whose listings some sites draw, besides Mermaid, which is drawn here.
DIAGRAMS = frozenset({"d2", "dot", "graphviz", "plantuml", "puml"})
#: Languages that Pygments knows by another name, or that have no colours.
KNOWN_AS = {
    "jsonc": "json5", "hjson": "json5", "svg": "xml", "xhtml": "html", "svelte": "html", "h": "c", "hpp": "cpp", "viml": "vim",
    "gql": "graphql", "pgsql": "postgresql", "bigquery": "sql", "sqlite": "sql", "unit": "ini", "dotenv": "ini", "x86asm": "nasm",
    "justfile": "make",
    **dict.fromkeys(("pseudocode", "pseudo", "algorithm", "plain", "plaintext", "txt", "log", "csv", "tsv", "tree", "ascii",
                     "ascii-art", "math", "regex", "stdout", "stderr", "gitignore", "env"), "text"),
}  # fmt: skip
#: The elements of HTML that docutils has nodes for.
NODES = {"sub": nodes.subscript, "sup": nodes.superscript, "figcaption": nodes.caption, "summary": summary, "details": fold}


def name_languages() -> None:
    """Let code blocks be called by names that Pygments does not know."""
    for name, known in (KNOWN_AS | dict.fromkeys({"mermaid", *DIAGRAMS} - {"dot", "graphviz"}, "text")).items():
        lexer_classes.setdefault(name, cast("type[Lexer]", partial(get_lexer_by_name, known)))


class EssayParser(MystParser):
    """MyST's parser, with our rules of Markdown and our renderer."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a text into ``document``."""
        config = document.settings.env.myst_config
        try:
            if topmatter := read_topmatter(inputstring):
                config = merge_file_level(config, topmatter, partial(_warn, document))
        except TopmatterReadError:
            pass  # the renderer reports it
        parser = create_parser(config, EssayRenderer)
        parser.options["document"] = document
        with limited(document):
            parser.render(inputstring)
        if UNREAD in document:
            document.clear()
            parser.render("")


#: Where the document that is being read keeps that its title stands above others of the first level, which are sections then.
LOWERED = "insights_lowered"
#: The parts of a heading that show other words than are written.
SHOWN_OTHERWISE = frozenset({"math_inline", "math_inline_double", "myst_role", "substitution_inline"})


def _warn(document: nodes.document, kind: MystWarnings, message: str) -> None:
    create_warning(document, message, kind, line=1, append_to=document)


class EssayRenderer(SphinxRenderer):
    """MyST's renderer, with nodes in place of raw HTML, and advice where a page is right but may not be what was meant."""

    def copy_attributes(self, token: SyntaxTreeNode, node: nodes.Element, *arguments: Any, **options: Any) -> None:
        """Copy attributes; an id becomes an anchor as it is written, in its case and with its underscores."""
        name = str(token.attrs.get("id", ""))
        if name and nodes.make_id(name) != name and "id" in (arguments[0] if arguments else options.get("keys", ())):
            node["ids"].append(name)
            node["names"].append(name)
        super().copy_attributes(token, node, *arguments, **options)

    def render_html_block(self, token: SyntaxTreeNode) -> None:
        """HTML that stays HTML; its ids can be linked to."""
        super().render_html_block(token)
        raw = cast("nodes.Element", self.current_node[-1])
        raw["ids"] = [name for name in dict.fromkeys(HTML_ID.findall(token.content)) if name not in self.document.ids]
        raw["names"] = list(raw["ids"])
        self.document.note_explicit_target(raw, raw)

    def run_directive(
        self,
        name: str,
        first_line: str,
        content: str,
        position: int,
        additional_options: dict[str, str] | None = None,
        *,
        block_text: str | None = None,
    ) -> list[nodes.Element]:
        """The nodes of a directive; a part of a text from the folder of the text, or one below it, with its pictures."""
        if name == "include" and (problem := file_problem(self.sphinx_env, first_line.strip())):
            return cast("list[nodes.Element]", report([problem], f"{self.document['source']}:{position}"))
        if name == "include" and "/" in first_line.strip().removeprefix("./"):
            additional_options = {"relative-images": "", **(additional_options or {})}
        with self._guarded(f"directive {{{name}}}", position):
            return super().run_directive(name, first_line, content, position, additional_options, block_text=block_text)
        return []

    def render_myst_role(self, token: SyntaxTreeNode) -> None:
        """The nodes of a role."""
        with self._guarded(f"role {{{token.meta['name']}}}", token_line(token, 1)):
            super().render_myst_role(token)

    @contextmanager
    def _guarded(self, what: str, line: int) -> Iterator[None]:
        """Read a role or a directive, of whichever package; tell that it fails at what is written, and go on behind it."""
        current = self.current_node
        try:
            yield
        except (TooLongError, RecursionError):
            raise
        except Exception as error:
            self.current_node = current
            problem = crash_in(f"read the {what}", error, Path(self.sphinx_env.srcdir))
            location = f"{self.document['source']}:{line}"
            logger.error("%s", problem.message, location=location, type="insights", subtype="crash")

    def _advise(self, message: str, token: SyntaxTreeNode, *arguments: object, rule: str = "markup") -> None:
        location = f"{self.document['source']}:{token_line(token, 1)}"
        logger.warning(message, *arguments, location=location, type="insights", subtype=rule)

    def render_inline(self, token: SyntaxTreeNode) -> None:
        """The words of a paragraph, unless it would take too long to read them."""
        if problem := token.meta.get(TOO_MUCH):
            logger.error("%s", problem, location=f"{self.document['source']}:{token_line(token, 1)}")
        super().render_inline(token)

    def render_s(self, token: SyntaxTreeNode) -> None:
        """Words that are struck out."""
        self._element(token, element(tag="del"))

    def render_list_item(self, token: SyntaxTreeNode) -> None:
        """A list item; the box of a task as a node."""
        super().render_list_item(token)
        item = cast("nodes.list_item", self.current_node[-1])
        if "checked" in (token.meta or {}) and isinstance(box := item.next_node(nodes.raw), nodes.raw):
            box.replace_self(task(done=token.meta["checked"]))

    def render_html_element(self, token: SyntaxTreeNode) -> None:
        """An element of HTML that a text can have."""
        name, attributes = token.tag, token.attrs
        if name in ("p", "div", "center", "article", "aside", "section"):
            align = "center" if name == "center" else attributes.get("align")
            # Without an alignment it is nothing but its paragraphs.
            self._element(token, nodes.container(classes=[f"align-{align}"] if align else []))
        elif name == "blockquote":
            self._element(token, nodes.block_quote())
        elif name == "figure":
            self._figure(token)
        elif name == "code":
            words = token.children[0].content if len(token.children) == 1 else ""
            self._element(token, nodes.literal(words, ""))
        else:
            node = NODES[name]() if name in NODES else element(tag=name)
            node.attributes |= {key: attributes[key] for key in ("title", "open") if key in attributes}
            if "open" in node:
                node["open"] = True
            self._element(token, node)

    def _element(self, token: SyntaxTreeNode, node: nodes.Element) -> None:
        self.add_line_and_source_path(node, token)
        self.copy_attributes(token, node, ("class", "id"))
        with self.current_node_context(node, append=True):
            self.render_children(token)
        if isinstance(node, nodes.TextElement):
            for paragraph in [child for child in node.children if isinstance(child, nodes.paragraph)]:
                paragraph.replace_self(paragraph.children)

    def _figure(self, token: SyntaxTreeNode) -> None:
        """A figure: its pictures without paragraphs around them, and its caption last."""
        figure = nodes.figure(align=token.attrs.get("align", "default"))
        self._element(token, figure)
        for paragraph in [child for child in figure.children if isinstance(child, nodes.paragraph)]:
            if all(isinstance(part, nodes.image | nodes.reference) or not part.astext().strip() for part in paragraph.children):
                paragraph.replace_self([part for part in paragraph.children if isinstance(part, nodes.Element)])
        for caption in [child for child in figure.children if isinstance(child, nodes.caption)]:
            figure.remove(caption)
            figure.append(caption)

    def render_paragraph(self, token: SyntaxTreeNode) -> None:
        """A paragraph; one that is nothing but a picture with a title is a figure, whose caption is the title."""
        super().render_paragraph(token)
        paragraph = cast("nodes.paragraph", self.current_node[-1])
        image = paragraph.children[0] if len(paragraph.children) == 1 else None
        if isinstance(image, nodes.image) and image.get("title") and not isinstance(self.current_node, nodes.figure):
            title = image.attributes.pop("title")
            figure = nodes.figure("", image, nodes.caption(title, title), align="default")
            self.add_line_and_source_path(figure, token)
            paragraph.replace_self(figure)
        elif not paragraph.children and not paragraph["ids"] and not paragraph["names"]:
            self.current_node.remove(paragraph)  # there was nothing in it but a comment

    def render_fence(self, token: SyntaxTreeNode) -> None:
        """Code, with what is written behind its language; or a directive."""
        if re.match(r"\s*\{(?!\s*\.)", token.info):
            return super().render_fence(token)
        info = read_info(token.info)
        if info.language in self.md_config.fence_as_directive:
            return super().render_fence(token)
        if info.language.lower() == "mermaid":
            return self._diagram(token, info)
        assert token.token is not None, "a fence is one token"
        token.token.info = info.language
        for key, value in (("emphasize-lines", info.marked), ("lineno-start", info.start), ("id", info.name)):
            if value:
                token.attrs.setdefault(key, str(value))
        super().render_fence(token)
        for word in info.unknown:
            message = '%r after the language of a code block means nothing here; allowed are title="…", {1,3-5} and linenos'
            self._advise(message, token, word)
        if info.language.lower() in DIAGRAMS:
            message = "a diagram in %s is shown as its source; write it in mermaid, or put a picture of it next to the text"
            self._advise(message, token, info.language, rule="code-languages")
        if info.title:
            code = cast("nodes.Element", self.current_node[-1])
            caption = nodes.caption(info.title, info.title)
            caption.source, caption.line = code.source, code.line
            wrapper = nodes.container("", caption, literal_block=True, classes=["literal-block-wrapper"])
            code.replace_self(wrapper)
            wrapper.append(code)
        return None

    def _diagram(self, token: SyntaxTreeNode, info: FenceInfo) -> None:
        """A diagram in Mermaid, as GitHub draws it; its front matter is no option of a directive."""
        options = {
            key: value for key, value in (("caption", info.title), ("name", str(token.attrs.get("id", info.name)))) if value
        }
        content = " " + token.content
        block = f"{token.markup}{token.info}\n{content}{token.markup}\n"
        self.current_node += self.run_directive("mermaid", "", content, token_line(token), options, block_text=block)

    def render_hr(self, token: SyntaxTreeNode) -> None:
        """A line between two parts."""
        line = rule()
        self.add_line_and_source_path(line, token)
        self.current_node.append(line)

    def render_heading(self, token: SyntaxTreeNode) -> None:
        """A heading, a level lower if the title has others beside it; one with a name of its own keeps it as its anchor."""
        lowered = "insights_title" in self.md_env and self.sphinx_env.current_document.get(LOWERED)
        self.md_env["insights_title"] = True
        self._heading_offset += bool(lowered)
        super().render_heading(token)
        self._heading_offset -= bool(lowered)
        if "id" in token.attrs and isinstance(self.current_node, nodes.section):
            self.current_node["own_id"] = str(token.attrs["id"])

    def generate_heading_target(self, token: SyntaxTreeNode, level: int, node: nodes.Element, title_node: nodes.Element) -> None:
        """The anchor of a heading; MyST makes it of the words and the code, but not of what roles, formulas and others show."""
        config = self.md_config
        if any(part.type in SHOWN_OTHERWISE for part in token.walk()):
            slugify = config.heading_slug_func or github_slugify
            self.md_config = replace(config, heading_slug_func=lambda _: slugify(title_node.astext()))
        super().generate_heading_target(token, level, node, title_node)
        self.md_config = config

    def _render_finalise(self) -> None:
        """What MyST adds at the end; a short text takes a minute to read, not none."""
        if count := self.md_env.get("wordcount"):
            count["minutes"] = max(1, count["minutes"])
        super()._render_finalise()

    def update_section_level_state(self, section: nodes.section, level: int) -> None:
        """Note the level of a heading; one that skips a level stands where it would without the skip, as a rule advises."""
        above = max(other for other in self._level_to_section if level > other)
        if above and above + 1 != level:
            self._level_to_section |= dict.fromkeys(range(above + 1, level), self._level_to_section[above])
        super().update_section_level_state(section, level)


def setup(app: Sphinx) -> None:
    """Parse texts with our rules."""
    app.add_source_parser(EssayParser, override=True)
    name_languages()
