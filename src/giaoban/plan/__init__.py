"""Turns an intent into addresses, adjacencies and every device's variables: pure functions only."""

from giaoban.plan.build import build
from giaoban.plan.model import Plan

__all__ = ["Plan", "build"]
