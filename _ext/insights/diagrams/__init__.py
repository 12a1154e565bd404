"""Diagrams as text: Mermaid in, drawings in the house style out, with neither a browser nor a script."""

from .drawing import NARROW, WIDE, Diagram, draw
from .engine import LAYOUT, DiagramError, OvertimeError
from .house import PADDING, Board
from .text import ALLOWED
