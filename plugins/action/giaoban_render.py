"""Renders the calling role's part of the candidate trees, on the controller."""

from __future__ import annotations

from giaoban.provision.rendering import RenderAction


class ActionModule(RenderAction):
    """One call for all boxes of the play."""
