"""Elements of HTML that a text can have and docutils has no node for: `<kbd>`, `<mark>`, `<details>`, the box of a task."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class element(nodes.inline):
    """Words in an element of HTML. ``tag``: its name; ``title``: what it stands for, if it is an `<abbr>`."""


class rule(nodes.General, nodes.Element):
    """A line between two parts of a text, wherever it stands; docutils refuses a transition at an end of a section."""


class fold(nodes.General, nodes.Element):
    """A part that opens on demand: a summary, and what it hides. ``open``: whether it is open at first."""


class summary(nodes.General, nodes.TextElement):
    """The line of a fold that is always there."""


class task(nodes.inline):
    """The box before a task. ``done``: whether it is ticked."""


def _visit_element(self: HTML5Translator, node: element) -> None:
    title: Any = {"title": node["title"]} if "title" in node else {}
    self.body.append(self.starttag(node, node["tag"], "", **title))


def _depart_element(self: HTML5Translator, node: element) -> None:
    self.body.append(f"</{node['tag']}>")


def _visit_rule(self: HTML5Translator, node: rule) -> None:
    self.body.append(self.emptytag(node, "hr", CLASS="docutils"))
    raise nodes.SkipNode


def _visit_fold(self: HTML5Translator, node: fold) -> None:
    state: Any = {"open": "open"} if node.get("open") else {}
    self.body.append(self.starttag(node, "details", **state))


def _depart_fold(self: HTML5Translator, node: fold) -> None:
    self.body.append("</details>\n")


def _visit_summary(self: HTML5Translator, node: summary) -> None:
    self.body.append(self.starttag(node, "summary", ""))


def _depart_summary(self: HTML5Translator, node: summary) -> None:
    self.body.append("</summary>\n")


def _visit_task(self: HTML5Translator, node: task) -> None:
    state: Any = {"checked": "checked", "aria-label": "Done"} if node["done"] else {"aria-label": "To do"}
    self.body.append(self.starttag(node, "input", " ", empty=True, type="checkbox", disabled="disabled", **state))
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the nodes with Sphinx."""
    app.add_node(element, html=(_visit_element, _depart_element))
    app.add_node(rule, html=(_visit_rule, None))
    app.add_node(fold, html=(_visit_fold, _depart_fold))
    app.add_node(summary, html=(_visit_summary, _depart_summary))
    app.add_node(task, html=(_visit_task, None))
