"""What other extensions have connected to the events of a build."""

from __future__ import annotations

from sphinx.application import Sphinx


def replace_handler(app: Sphinx, event: str, old: object, new: object) -> None:
    """Connect ``new`` in the place of a handler that another extension has connected."""
    listener = next(listener for listener in app.events.listeners[event] if listener.handler is old)
    app.disconnect(listener.id)
    app.connect(event, new)  # type: ignore[call-overload]
