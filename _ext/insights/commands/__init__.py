"""The commands of the publication, one module each."""

from __future__ import annotations
