"""The style sheets of a drawing, applied: a page has no place for those that the layout writes into each diagram."""

import html
import re
from functools import cache
from typing import Any

from cssselect import GenericTranslator, SelectorError, parse
from lxml import etree

#: The properties of a drawing besides its colours, with the values that need no mention.
KEPT = {
    "stroke-width": {"1"}, "stroke-dasharray": {"none", "0", "0,0", "1,0"}, "font-weight": {"normal", "400"},
    "font-style": {"normal"}, "text-anchor": {"start"}, "dominant-baseline": {"auto"}, "text-decoration": {"none"},
}  # fmt: skip
READ = {*KEPT, "fill", "stroke", "opacity", "fill-opacity", "font-size", "display", "visibility"}
RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")
#: The classes in a selector, but not what looks like one in the value of an attribute.
CLASS = re.compile(r"\.([A-Za-z_][\w-]*)(?![^\[]*\])")

#: The properties of each element.
Styles = dict[Any, dict[str, str]]


def tree(svg: str) -> Any:
    """The elements of a drawing, by their names alone. Raises SyntaxError for what is not XML."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
        element.text = html.unescape(element.text or "")
    return root


def computed(root: Any, house: str) -> Styles:
    """The properties of each element: of its attributes, the style sheet in the drawing, that of the ``house``, and its style."""
    styles: Styles = {element: {} for element in root.iter() if isinstance(element.tag, str)}
    classes = {name for element in styles for name in element.get("class", "").split()}
    for element, style in styles.items():
        style |= {name: element.get(name) for name in READ if element.get(name) is not None}
    for sheet in ["".join(style.itertext()) for style in root.iter("style")] + [house]:
        found = [
            (*_path(selector), order, properties)
            for order, (selectors, declarations) in enumerate(RULE.findall(sheet.replace("!important", "")))
            if (properties := _properties(declarations))
            for selector in selectors.split(",")
            if set(CLASS.findall(selector)) <= classes  # most rules are for other kinds of diagrams
        ]
        for _, path, _, properties in sorted(found, key=lambda rule: (rule[0], rule[2])):
            for element in path(root) if path else ():
                styles[element] |= properties
    for element, style in styles.items():
        style |= _properties(element.get("style", "").replace("!important", ""))
    return styles


def _properties(declarations: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in declarations.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in READ and value.strip()}


@cache
def _path(selector: str) -> tuple[tuple[int, int, int], etree.XPath | None]:
    """The specificity of a selector and its XPath; none for a selector of what happens in a browser."""
    try:
        [parsed] = parse(selector.strip())
        if not parsed.pseudo_element:
            return parsed.specificity(), etree.XPath(GenericTranslator().selector_to_xpath(parsed))
    except SelectorError:
        pass
    return (0, 0, 0), None
