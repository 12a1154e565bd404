"""A diagram in words: what leads where, for those who do not see the drawing."""

import re
from typing import Any

from .cascade import tree
from .text import words_of_states

HEADS = ("label-group text", "label name")
NODE = re.compile(r"(?:flowchart|classId|entity)-(.+)-\d+$")


def in_words(svg: str, kind: str, text: str) -> list[str]:
    """What a drawing, as it was laid out, says: each arrow as "from → to: words", or else the words of each shape."""
    root = tree(svg)
    if kind == "sequence":
        found = _messages(root)
    elif kind == "state":
        found = [" ".join(re.sub(r"<br\s*/?>", " ", said, flags=re.IGNORECASE).split()) for said in words_of_states(text)]
    else:
        found = _arrows(root)
    said = " ".join(found)
    alone = [words for element in root.iter("text") if (words := _said(element)) and words not in said]
    return found + list(dict.fromkeys(words for words in alone if kind != "sequence" or not words.isdigit()))


def _said(element: Any) -> str:
    """The words in an element: those of one line are one run, and lines are apart."""
    lines = [line for line in element.iter("tspan") if line.get("x") or "row" in line.get("class", "")] or [element]
    return " ".join(words for line in lines if (words := " ".join("".join(line.itertext()).split())))


def _messages(root: Any) -> list[str]:
    """The messages and notes of a sequence, from above to below."""
    actors = {
        part.get("data-id"): " ".join(_said(text) for text in part.iter("text"))
        for part in root.iterfind(".//g[@data-et='participant']")
    }
    found: list[tuple[float, str]] = []
    before: list[tuple[float, str]] = []
    for element in root.iter("text", "line", "path", "g"):
        if element.get("data-et") == "note":
            words = " ".join(_said(text) for text in element.iter("text"))
            found.append((float(element.find("rect").get("y", "0")), f"Note: {words}"))
        elif element.tag == "text" and "messageText" in element.get("class", ""):
            before.append((float(element.get("y", "0")), _said(element)))
        elif element.get("data-et") == "message":
            arrow = f"{actors.get(element.get('data-from'), element.get('data-from'))} → " \
                    f"{actors.get(element.get('data-to'), element.get('data-to'))}"  # fmt: skip
            words = " ".join(words for _, words in before).strip()
            top = before[0][0] if before else float(re.findall(r"[\d.]+", element.get("y1") or element.get("d", "0 0"))[-1])
            found.append((top, f"{arrow}: {words}" if words else arrow))
            before = []
    return [words for _, words in sorted(found, key=lambda pair: pair[0])]


def _arrows(root: Any) -> list[str]:
    """The arrows of boxes, in the order in which they are written."""
    names: dict[str, str] = {}
    for node in root.iterfind(".//g[@id]"):
        if (match := NODE.search(node.get("id"))) and "node" in node.get("class", ""):
            # Of a class or an entity, its name; what it consists of is said below.
            heads = [part for part in node.iter("g") if part.get("class") in HEADS] or [node]
            names[match[1]] = " ".join(words for text in heads[0].iter("text") if (words := _said(text)))
    for cluster in root.iterfind(".//g[@data-id]"):
        if "cluster" in cluster.get("class", ""):
            names.setdefault(cluster.get("data-id"), " ".join(_said(text) for text in cluster.iter("text")))
    labels = {
        label.get("data-id"): " ".join(_said(text) for text in label.iter("text")) for label in root.iterfind(".//g[@data-id]")
        if label.get("class") == "label"
    }  # fmt: skip
    found = []
    for edge in root.iterfind(".//path[@data-edge]"):
        name = edge.get("data-id", "")
        if pair := _between(name, names):
            words = labels.get(name, "")
            found.append(f"{names[pair[0]] or pair[0]} → {names[pair[1]] or pair[1]}" + (f": {words}" if words else ""))
    return found


def _between(edge: str, names: dict[str, str]) -> tuple[str, str] | None:
    """The names of the boxes that an edge joins, by its id: L_a_b_0, id_a_b_1, id_entity-a-0_entity-b-1_0."""
    middle = re.sub(r"^(?:L|id)_|_\d+$", "", edge)
    middle = re.sub(r"entity-(.+?)-\d+(?=_entity-|$)", r"\1", middle)
    for at in (index for index, sign in enumerate(middle) if sign == "_"):
        if middle[:at] in names and middle[at + 1 :] in names:
            return middle[:at], middle[at + 1 :]
    return None
