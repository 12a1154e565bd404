"""How the layout of a diagram is set up, and the style sheet of the house, in names of our colours and the classes of Mermaid."""

import json

from insights.palette import COLOURS

FONT = "sans-serif"
#: The size of letters in pixels, and the size that the layout leaves room for: those of some systems are wider than others.
TYPE, ROOM = 14, 16
#: What the layout fills the bar of a fork with, by which it is told from the diamond of a choice.
LINE = COLOURS["ink"].light
Settings = dict[str, dict[str, object]]
#: What every diagram has; the layout knows nothing of our colours.
COMMON = {
    "theme": "base", "look": "classic", "htmlLabels": False, "fontFamily": FONT, "fontSize": ROOM,
    "themeVariables": {"fontSize": f"{ROOM}px", "fontFamily": FONT, "lineColor": LINE},
}  # fmt: skip
#: Room around words, and between shapes, on a wide page.
WIDE: Settings = {
    "flowchart": {
        "htmlLabels": False, "minNodeWidth": 0, "nodeSpacing": 32, "rankSpacing": 42, "padding": 12, "wrappingWidth": 150,
    },
    "state": {"nodeSpacing": 36, "rankSpacing": 44, "padding": 10},
    "class": {"nodeSpacing": 40, "rankSpacing": 46, "padding": 14},
    "er": {
        "nodeSpacing": 50, "rankSpacing": 50, "entityPadding": 10, "minEntityWidth": 60, "minEntityHeight": 40, "fontSize": ROOM,
    },
    "sequence": {
        "mirrorActors": False, "width": 96, "height": 38, "actorMargin": 36, "messageMargin": 30, "boxMargin": 8, "noteMargin": 8,
        "boxTextMargin": 4, "diagramMarginX": 1, "diagramMarginY": 12, "actorFontSize": ROOM, "messageFontSize": ROOM,
        "noteFontSize": ROOM, "bottomMarginAdj": 12, "wrapPadding": 6, "activationWidth": 8,
    },
    "gantt": {"fontSize": 13, "sectionFontSize": 13, "barHeight": 24, "leftPadding": 90, "useWidth": 640, "axisFormat": "%-d %b"},
    "timeline": {"padding": 10}, "mindmap": {"padding": 8, "maxNodeWidth": 160},
}  # fmt: skip
#: What is different on a phone, by kind.
ON_PHONE: Settings = {
    "flowchart": {"nodeSpacing": 16, "rankSpacing": 28, "padding": 8, "wrappingWidth": 108},
    "state": {"nodeSpacing": 20, "rankSpacing": 32, "padding": 6},
    "class": {"nodeSpacing": 20, "rankSpacing": 36, "padding": 12},
    "er": {"nodeSpacing": 24, "rankSpacing": 44},
    "sequence": {"width": 58, "actorMargin": 14, "noteMargin": 5, "wrapPadding": 3},
    "gantt": {"leftPadding": 70, "rightPadding": 16, "useWidth": 290},
}
NARROW: Settings = {kind: {**settings, **ON_PHONE.get(kind, {})} for kind, settings in WIDE.items()}


def front_matter(settings: Settings, *, tall: bool = False) -> str:
    """The settings of a layout, as they stand before the text of a diagram; with ``tall`` heads of a sequence, for people."""
    if tall:
        settings = {**settings, "sequence": {**settings["sequence"], "height": 65}}
    return f"---\nconfig: {json.dumps({**COMMON, **settings})}\n---\n"


HOUSE = """
.node rect, .node circle, .node ellipse, .node polygon, .node path, .label-container path, .outer-path path
  { fill: sheet; stroke: muted; stroke-width: 1 }
.cluster rect, .statediagram-cluster rect { fill: wash; stroke: rule; stroke-width: 1 }
.statediagram-cluster rect.inner { fill: paper }
.flowchart-link, .relation, .transition, .relationshipLine, .edge path { fill: none; stroke: muted; stroke-width: 1.25 }
.edge-thickness-thick { stroke-width: 2.5 }
.edge-pattern-dotted, .edge-pattern-dashed { stroke-dasharray: 4,3 }
.edge-thickness-invisible { stroke: none }
.marker { fill: muted; stroke: muted; stroke-width: 1 }
.arrowMarkerPath { stroke: muted; stroke-width: 1; stroke-dasharray: none }
[id*="extension"], [id*="aggregation"], [id*="lollipop"], .marker.extension, .marker.aggregation, .marker.lollipop
  { fill: sheet }
.marker.composition { fill: muted }
[id*="_er-"], [id*="_er-"] path { fill: none; stroke: muted }
[id*="_er-"] circle { fill: paper; stroke: muted }
.edgeLabel rect.background, .edgeLabel .label rect, .labelBkg { fill: paper; stroke: none; opacity: 1 }
text, .label text, .cluster text, .cluster-label text, .nodeLabel { fill: ink; stroke: none }
.messageText { stroke: paper }
.cluster-label text { stroke: wash; text-anchor: start }
.edgeLabel .label text, .edgeLabel text { fill: ink }
[id*="barb"] path { fill: muted; stroke: muted }
.statediagram-state > g > path[fill="LINE"] { fill: ink; stroke: ink }
path.edge { fill: none; stroke: muted; stroke-width: 1.5 }
.arrow { fill: none; stroke-width: 2.5 }
.branch { stroke: rule }
.commit-label-bkg { opacity: 0 }
.grid .tick line { stroke: rule; stroke-width: 1 }
.grid .tick text { fill: muted }
.grid path { fill: none; stroke: none }
[id$="sequencenumber"] { fill: ink }
.edgeTerminals { font-size: 13px }
.state-start, .node circle.state-start { fill: ink; stroke: ink }
.node .divider path, .divider, .divider path { stroke: rule; fill: none }
.node .row-rect-odd path, .node .row-rect-even path { fill: sheet; stroke: rule }
rect.actor, .actor { fill: sheet; stroke: muted; stroke-width: 1 }
text.actor, text.actor tspan { fill: ink; stroke: none }
line.actor-line { stroke: rule; stroke-width: 1.25; fill: none }
line.messageLine0, path.messageLine0 { stroke: muted; stroke-width: 1.25; fill: none; stroke-dasharray: none }
line.messageLine1, path.messageLine1 { stroke: muted; stroke-width: 1.25; fill: none; stroke-dasharray: 4,3 }
.note, .noteLabel rect, .statediagram-note rect, .node.statediagram-note path, .statediagram-note path
  { fill: wash; stroke: rule; stroke-width: 1 }
.noteText, .noteText tspan, .loopText, .loopText tspan, .labelText, .labelText tspan, .sectionTitle, .sectionTitle tspan
  { fill: ink; stroke: none }
.loopLine { stroke: rule; stroke-width: 1; fill: none; stroke-dasharray: 3,3 }
.labelBox { fill: wash; stroke: rule }
.activation0, .activation1, .activation2 { fill: wash; stroke: muted; stroke-width: 1 }
text.sequenceNumber { fill: paper }
.actor-man circle, .actor-man line, .actor-man path, .actor-man rect, [data-type] path, [data-type] circle, [data-type] ellipse
  { fill: sheet; stroke: muted; stroke-width: 1.25 }
rect.rect { stroke: none }
[id$="arrowhead"] path, [id$="crosshead"] path, [id$="filled-head"] path { stroke: muted }
[id$="arrowhead"] path, [id$="filled-head"] path { fill: muted }
""".replace("LINE", LINE)
