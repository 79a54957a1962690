"""Boxes, and lines between points as SVG path data. Lengths are in pixels of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from math import dist

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Curve:
    """A cubic Bézier curve, followed by straight pieces with rounded corners."""

    start: Point
    leave: Point
    arrive: Point
    end: Point
    then: tuple[Point, ...] = ()

    @property
    def path(self) -> str:
        """SVG path data."""
        first = f"M{_pair(self.start)}C{_pair(self.leave)} {_pair(self.arrive)} {_pair(self.end)}"
        return first + rounded((self.end, *self.then)).removeprefix(f"M{_pair(self.end)}")

    def at(self, share: float) -> Point:
        """The point at a share (0 to 1) of the curve's parameter."""
        rest = 1 - share
        weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
        points = (self.start, self.leave, self.arrive, self.end)
        return (
            sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
        )


def upright(start: Point, end: Point, then: tuple[Point, ...] = ()) -> Curve:
    """A curve that leaves and arrives vertically."""
    bend = (end[1] - start[1]) * 0.55
    leave, arrive = (start[0], start[1] + bend), (end[0], end[1] - bend)
    return Curve(start, leave, arrive, end, then)


def falling(start: Point, end: Point) -> Curve:
    """A curve that leaves sideways and arrives from above."""
    leave = (start[0] + (end[0] - start[0]) * 0.6, start[1])
    arrive = (end[0], end[1] - max(48.0, (end[1] - start[1]) * 0.55))
    return Curve(start, leave, arrive, end)


def rounded(points: tuple[Point, ...], radius: float = 6) -> str:
    """SVG path data of straight pieces, each corner rounded as far as its pieces allow."""
    parts = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, dist(before, corner) / 2, dist(corner, after) / 2)
        near, far = _towards(corner, before, reach), _towards(corner, after, reach)
        parts.append(f"L{_pair(near)}Q{_pair(corner)} {_pair(far)}")
    if len(points) > 1:
        parts.append(f"L{_pair(points[-1])}")
    return "".join(parts)


def _towards(start: Point, end: Point, reach: float) -> Point:
    length = dist(start, end)
    if not length:
        return start
    share = reach / length
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _pair(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
