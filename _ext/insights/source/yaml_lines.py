"""The YAML of front matter: its values, the line of each, and what YAML itself would pass over in silence."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from insights.problems import CONFLICT, Problem, unresolved

#: How deep front matter may be nested: revisions are a list of fields.
MAX_DEPTH = 4
#: The line of a file on which its front matter begins, below the fence.
FIRST_LINE = 2
#: Fields whose text may contain a # that is meant as one.
SENTENCES = frozenset({"summary", "note"})

#: What YAML was reading when the text ended, by its own words: how it begins and how it ends.
UNCLOSED = {
    "while parsing a flow sequence": ("[", "]"),
    "while parsing a flow mapping": ("{", "}"),
    "while scanning a quoted scalar": ("quote", "another"),
}

#: Where a value is in front matter, such as ``("revisions", 0, "date")``.
FieldPath = tuple[str | int, ...]


class YamlError(Exception):
    """Text that is not YAML, or is YAML that front matter does not allow; its arguments are a line of the file, and a message."""


def parse_yaml(text: str) -> tuple[Any, dict[FieldPath, int], list[Problem]]:
    """The value of front matter in YAML ({} if it is empty), the line of each part of it, and its problems. Raises YamlError."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return {}, {}, []
        value = loader.construct_document(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two from impossible numbers and escapes
        raise YamlError(*_line_and_message(error, text)) from None
    parts = list(_parts(node))
    return value, {path: line for path, line, _ in parts}, [*_repeated_fields(node), *_cut_sentences(parts, text.splitlines())]


class _Loader(yaml.SafeLoader):
    """A loader of YAML without anchors, aliases or tags, not deep, with words as keys, and with days as they are written."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if name := getattr(event, "anchor", None):
            raise _not_allowed(f"an alias *{name}" if isinstance(event, yaml.AliasEvent) else f"an anchor &{name}", event)
        if tag := getattr(event, "tag", None):
            raise _not_allowed(f"a tag {tag}", event)
        if self.depth > MAX_DEPTH:
            raise _not_allowed("lists in lists", event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else []:
            if not isinstance(key, yaml.ScalarNode):
                raise _not_allowed("a list as a name", key)
            key.tag = "tag:yaml.org,2002:str"
        return node


#: What YAML would convert: days, because a message shows an impossible one as it was written, and two special keys.
_NOT_CONVERTED = {f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "merge", "value")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_CONVERTED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _not_allowed(what: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.composer.ComposerError(None, None, f"{what}, which front matter does not allow", where.start_mark)


def _line_and_message(error: Exception, text: str) -> tuple[int, str]:
    """The line of a mistake in ``text``, which YAML may notice only below it, and what to say of it."""
    lines = text.splitlines()
    if (conflict := next((number for number, line in enumerate(lines) if CONFLICT.match(line)), None)) is not None:
        return FIRST_LINE + conflict, unresolved(lines[conflict])
    if isinstance(error, yaml.reader.ReaderError):
        message = f"the front matter is not YAML: the character {chr(error.character)!r} is not allowed; remove it"
        return FIRST_LINE + text.count("\n", 0, error.position), message
    begun, noticed = (getattr(getattr(error, name, None), "line", 0) for name in ("context_mark", "problem_mark"))
    context = str(getattr(error, "context", ""))
    if context in UNCLOSED and begun < noticed:
        opening, closing = UNCLOSED[context]
        return FIRST_LINE + begun, f"the {opening} in this line is not closed; write {closing} at its end"
    line = begun if context == "while scanning a simple key" else noticed
    reason, fix = _field_problem(lines, line) or (
        " ".join((getattr(error, "problem", None) or str(error)).split()), "put quotes around text that contains : or #",
    )  # fmt: skip
    return FIRST_LINE + line, f"the front matter is not YAML: {reason}; {fix}"


def _field_problem(lines: list[str], number: int) -> tuple[str, str] | None:
    """What is wrong with how a field is written, in the line ``number``, and what to write instead."""
    line = lines[number] if number < len(lines) else ""
    if re.match(r"\s*\t|\s*\w+:\s*\t", line):
        return "it has a tab", "write spaces instead"
    if field := re.fullmatch(r"\s*(\w+) ?(?:=\s*|:(?=\S))(.+)", line):
        return "no field", f"write {field[1]}: {field[2]}"
    indented = re.match(r"\s+(\w+):\s", line)
    if indented and number and re.match(r"\w+: +[^\s>|]", lines[number - 1]):
        return f"the field `{indented[1]}` is indented", "begin it at the start of its line"
    return None


def _parts(node: yaml.Node, path: FieldPath = (), line: int = 0) -> Iterator[tuple[FieldPath, int, yaml.Node]]:
    """``node`` and every value in it, each with its path and line; that of a field is the line of its name."""
    yield path, line or FIRST_LINE + node.start_mark.line, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _parts(value, (*path, key.value), FIRST_LINE + key.start_mark.line)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _parts(value, (*path, number))


def _repeated_fields(node: yaml.Node) -> Iterator[Problem]:
    names = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else []:
        if key.value in names:
            yield Problem(FIRST_LINE + key.start_mark.line, f"`{key.value}` appears twice; keep one")
        names.add(key.value)


def _cut_sentences(parts: list[tuple[FieldPath, int, yaml.Node]], lines: list[str]) -> Iterator[Problem]:
    """Unquoted sentences with a #, where a comment begins for YAML."""
    for path, _, node in parts:
        name = next((key for key in reversed(path) if isinstance(key, str)), "")
        if name in SENTENCES and isinstance(node, yaml.ScalarNode) and not node.style:
            end = node.end_mark
            if (rest := lines[end.line][end.column :].strip()).startswith("#"):
                message = f"`{name}` ends before {rest!r}, which is a comment in YAML; put quotes around the whole text"
                yield Problem(FIRST_LINE + end.line, message)
