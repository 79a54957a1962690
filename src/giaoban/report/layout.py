"""Where everything on the map stands: the hub, departments at its sides, a column per district.

No two circuits share a piece of line. The circuits of a column's sites fan out like a comb, each in
a lane of its own to the left of the sites; standby circuits to another district leave on the
right, cross in a channel between the heads and the first sites, and arrive from below.
"""

from __future__ import annotations

from dataclasses import dataclass

from giaoban.report.geometry import Box, Curve, Point, falling, rounded, upright
from giaoban.report.scene import Line, Place, Scene
from giaoban.verify.model import State

MARGIN = 16
MINIMUM_WIDTH = 1240
ROW = 29
NODE = 23
HEAD = 32
SIDE_WIDTH = 272
HEAD_COLUMN = 177
DIRECT_COLUMN = 206
COMB = 24
COMB_LANE = 3.2
THINNEST_LANE = 2.0
CHANNEL = 4.2
ARRIVALS = 84
FAN = 104
CAPTION = 26
TOP = 74
HUB = Box(0, 0, 380, 92)
CORE = Box(0, 0, 132, 30)
DIRECT_COLUMNS = 7
DIRECT_ROWS = 20
_DRAWN_LAST = (
    None,
    State.NOT_APPLICABLE,
    State.PASS,
    State.UNKNOWN,
    State.BLOCKED,
    State.FAIL,
)


@dataclass(frozen=True, slots=True)
class Node:
    """A site in its box."""

    place: Place
    box: Box


@dataclass(frozen=True, slots=True)
class Stroke:
    """A circuit's line, and where its state's symbol stands."""

    line: Line
    path: str
    badge: Point


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map with every position."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    strokes: tuple[Stroke, ...]
    cores: tuple[Box, Box]
    captions: dict[str, Point]


@dataclass(frozen=True, slots=True)
class _Column:
    head: Place | None
    sites: tuple[Place, ...]

    @property
    def width(self) -> float:
        return HEAD_COLUMN if self.head else DIRECT_COLUMN


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    badge: Point


@dataclass(frozen=True, slots=True)
class _Frame:
    """Everything that has a position before the lines are drawn."""

    scene: Scene
    boxes: dict[str, Box]
    cores: tuple[Box, Box]
    comb: dict[str, float]
    outer: dict[str, float]
    channels: dict[str, float]
    arrivals: dict[str, float]
    shifts: dict[str, float]
    fan_end: float


def draw(scene: Scene) -> Drawing:
    """Give every site and circuit of a scene its position."""
    columns = _columns(scene)
    sides = scene.of_kind("side")
    width = max(MINIMUM_WIDTH, 2 * MARGIN + sum(column.width for column in columns))
    rows = (len(sides) + 1) // 2
    hub_y = max(TOP + 96, TOP + rows * ROW - 44)
    hub = Box((width - HUB.width) / 2, hub_y, HUB.width, HUB.height)
    boxes = {scene.hub: hub} | _side_boxes(sides, width)
    boxes |= {one.slug: Box(width / 2 - 170, 6, 340, 30) for one in scene.of_kind("centre")}
    head_y = hub.bottom + FAN
    crossing = [line for line in scene.lines if _crosses(scene, line)]
    edges = _edges(columns, width)
    column_of = _column_of(columns)
    channels, depth = _channels(crossing, column_of, head_y + HEAD + 10)
    first_y = head_y + HEAD + depth + 18
    for column, x in zip(columns, edges, strict=True):
        boxes |= _column_boxes(column, x, head_y, first_y)
    frame = _Frame(
        scene=scene,
        boxes=boxes,
        cores=_core_boxes(hub),
        comb=_combs(scene, columns, boxes),
        outer=_outer_lanes(crossing, column_of, boxes),
        channels=channels,
        arrivals=_arrivals(scene, crossing, boxes),
        shifts=_shifts(scene),
        fan_end=head_y if any(column.head for column in columns) else first_y - 14,
    )
    height = max(box.bottom for box in boxes.values()) + MARGIN
    return Drawing(
        width=width,
        height=height,
        nodes=tuple(Node(scene.places[slug], box) for slug, box in boxes.items()),
        strokes=_strokes(frame),
        cores=frame.cores,
        captions=_captions(scene, boxes),
    )


def _columns(scene: Scene) -> list[_Column]:
    columns = [_Column(head, tuple(scene.leaves(head.slug))) for head in scene.of_kind("head")]
    direct = scene.of_kind("direct")
    if direct:
        count = max(min(DIRECT_COLUMNS, len(direct)), -(-len(direct) // DIRECT_ROWS))
        rows = -(-len(direct) // count)
        columns += [_Column(None, tuple(direct[n : n + rows])) for n in range(0, len(direct), rows)]
    return columns


def _column_of(columns: list[_Column]) -> dict[str, int]:
    found = {}
    for number, column in enumerate(columns):
        for place in (*column.sites, *([column.head] if column.head else [])):
            found[place.slug] = number
    return found


def _edges(columns: list[_Column], width: float) -> list[float]:
    x = (width - sum(column.width for column in columns)) / 2
    edges = []
    for column in columns:
        edges.append(x)
        x += column.width
    return edges


def _side_boxes(sides: list[Place], width: float) -> dict[str, Box]:
    half = (len(sides) + 1) // 2
    boxes = {}
    for number, place in enumerate(sides):
        row = number % half
        x = MARGIN if number < half else width - MARGIN - SIDE_WIDTH
        boxes[place.slug] = Box(x, TOP + row * ROW, SIDE_WIDTH, NODE)
    return boxes


def _column_boxes(column: _Column, x: float, head_y: float, first_y: float) -> dict[str, Box]:
    boxes = {}
    if column.head:
        boxes[column.head.slug] = Box(x + 4, head_y, column.width - 14, HEAD)
    comb = 8 + _step(len(column.sites)) * len(column.sites)
    right = 13 if column.head else comb + 8
    left = x + 4 + comb
    for row, place in enumerate(column.sites):
        boxes[place.slug] = Box(left, first_y + row * ROW, x + column.width - right - left, NODE)
    return boxes


def _core_boxes(hub: Box) -> tuple[Box, Box]:
    y = hub.bottom - CORE.height - 12
    middle = hub.middle[0]
    return (
        Box(middle - 36 - CORE.width, y, CORE.width, CORE.height),
        Box(middle + 36, y, CORE.width, CORE.height),
    )


def _crosses(scene: Scene, line: Line) -> bool:
    """Whether a circuit of a column's site leads elsewhere than to its head or straight up."""
    kind = scene.places[line.lower].kind
    if kind == "leaf":
        return line.upper != scene.places[line.lower].head
    return kind in ("head", "direct") and line.core is None


def _combs(scene: Scene, columns: list[_Column], boxes: dict[str, Box]) -> dict[str, float]:
    """Give each circuit of a comb the x of its lane: the last row's is outermost."""
    lanes: dict[str, float] = {}
    for column in columns:
        rows = {place.slug: row for row, place in enumerate(column.sites)}
        own = [x for x in scene.lines if x.lower in rows and not _crosses(scene, x)]
        own.sort(key=lambda line: rows[line.lower])
        for core in (None, 0, 1):
            comb = [line for line in own if line.core == core]
            step = _step(len(comb))
            for number, line in enumerate(comb):
                box = boxes[line.lower]
                out = 9 + number * step
                lanes[line.name] = box.right + out if core == 1 else box.x - out
    return lanes


def _step(count: int) -> float:
    """Give the distance between the lanes of a comb: close where there are many, never touching."""
    return max(THINNEST_LANE, min(COMB_LANE, COMB / max(1, count)))


def _outer_lanes(
    crossing: list[Line], column_of: dict[str, int], boxes: dict[str, Box]
) -> dict[str, float]:
    """Give each crossing circuit the x of its lane to the right of its column's sites."""
    lanes: dict[str, float] = {}
    used: dict[int, int] = {}
    for line in sorted(crossing, key=lambda line: boxes[line.lower].y):
        column = column_of[line.lower]
        number = used.get(column, 0)
        used[column] = number + 1
        lanes[line.name] = boxes[line.lower].right + 4 + number * 2.5
    return lanes


def _channels(
    crossing: list[Line], column_of: dict[str, int], top: float
) -> tuple[dict[str, float], float]:
    """Give each crossing circuit the y of a channel that nobody else uses where it runs."""
    taken: list[list[tuple[int, int]]] = []
    channels: dict[str, float] = {}
    for line in crossing:
        start = column_of.get(line.lower, 0)
        end = column_of.get(line.upper, start)
        span = (min(start, end), max(start, end))
        lane = next((n for n, spans in enumerate(taken) if _apart(span, spans)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(span)
        channels[line.name] = top + lane * CHANNEL
    return channels, len(taken) * CHANNEL


def _apart(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return all(span[1] < low or span[0] > high for low, high in spans)


def _arrivals(scene: Scene, crossing: list[Line], boxes: dict[str, Box]) -> dict[str, float]:
    """Give each crossing circuit the x where it meets a head from below, right to left."""
    by_head: dict[str, list[str]] = {}
    for line in crossing:
        for slug in (line.upper, line.lower):
            if scene.places[slug].kind == "head":
                by_head.setdefault(slug, []).append(line.name)
    return {
        f"{name}@{slug}": boxes[slug].right - 12 - number * min(6, ARRIVALS / len(names))
        for slug, names in by_head.items()
        for number, name in enumerate(names)
    }


def _shifts(scene: Scene) -> dict[str, float]:
    """Give each circuit how far it ends from the middle of its site's edge: no two meet there."""
    by_edge: dict[tuple[str, bool, int | None], list[str]] = {}
    for line in scene.lines:
        each_core_its_edge = scene.places[line.lower].kind == "direct"
        core = line.core if each_core_its_edge else None
        by_edge.setdefault((line.lower, _crosses(scene, line), core), []).append(line.name)
    return {
        name: (number - (len(names) - 1) / 2) * 7
        for names in by_edge.values()
        for number, name in enumerate(names)
    }


def _strokes(frame: _Frame) -> tuple[Stroke, ...]:
    strokes = []
    for line in sorted(frame.scene.lines, key=lambda line: _DRAWN_LAST.index(line.state)):
        route = _route(frame, line)
        strokes.append(Stroke(line, route.path, route.badge))
    return tuple(strokes)


def _route(frame: _Frame, line: Line) -> _Route:
    kind = frame.scene.places[line.lower].kind
    if _crosses(frame.scene, line):
        return _crossing(frame, line)
    if kind == "leaf":
        return _tooth(frame, line)
    if line.core is None:
        return _chord(frame, line)
    core = frame.cores[line.core]
    if kind == "side":
        return _fountain(frame, line, core)
    if kind == "centre":
        end = (core.middle[0], core.y)
        start = (frame.boxes[line.lower].middle[0] + (line.core * 2 - 1) * 60, 36)
        return _curved(upright(start, end), 0.3)
    return _fan(frame, line, core)


def _fountain(frame: _Frame, line: Line, core: Box) -> _Route:
    """From a department sideways, then down into a core."""
    box = frame.boxes[line.lower]
    from_left = box.middle[0] < core.middle[0]
    start = (box.right if from_left else box.x, box.middle[1] + frame.shifts[line.name])
    return _curved(falling(start, (core.middle[0], core.y)), 0.1 + 0.14 * (line.core or 0))


def _fan(frame: _Frame, line: Line, core: Box) -> _Route:
    """From a core down to a district, or into the comb of a column without one."""
    box = frame.boxes[line.lower]
    start = (core.middle[0], core.bottom)
    if frame.scene.places[line.lower].kind == "head":
        x = box.middle[0] + frame.shifts[line.name] * 2.4
        return _curved(upright(start, (x, box.y)), 0.86)
    x = frame.comb[line.name]
    y = box.middle[1] + frame.shifts[line.name]
    edge = box.x if x < box.x else box.right
    curve = upright(start, (x, frame.fan_end), ((x, y), (edge, y)))
    return _Route(curve.path, ((x + edge) / 2, y))


def _tooth(frame: _Frame, line: Line) -> _Route:
    """From the lower edge of a district down a lane of its own and into the site."""
    box = frame.boxes[line.lower]
    x, y = frame.comb[line.name], box.middle[1] + frame.shifts[line.name]
    top = frame.boxes[line.upper].bottom
    return _Route(rounded(((x, top), (x, y), (box.x, y))), (box.x - 8, y))


def _crossing(frame: _Frame, line: Line) -> _Route:
    channel = frame.channels[line.name]
    start = _descent(frame, line, line.lower, channel)
    if line.core is not None:
        core = frame.cores[line.core]
        lane = start[-1][0]
        climb = upright((core.middle[0], core.bottom), (lane, frame.fan_end), start[::-1])
        return _Route(climb.path, _near(start))
    end = _descent(frame, line, line.upper, channel)
    return _Route(rounded((*start, *reversed(end)), 4), _near(start))


def _descent(frame: _Frame, line: Line, slug: str, channel: float) -> tuple[Point, ...]:
    """From a site of a column to the channel."""
    box = frame.boxes[slug]
    kind = frame.scene.places[slug].kind
    if kind == "head":
        x = frame.arrivals[f"{line.name}@{slug}"]
        return ((x, box.bottom), (x, channel))
    if kind in ("leaf", "direct"):
        x = frame.outer[line.name] if slug == line.lower else box.right + 6
        y = box.middle[1] + (frame.shifts[line.name] if slug == line.lower else 0)
        return ((box.right, y), (x, y), (x, channel))
    return (box.middle, (box.middle[0], channel))


def _chord(frame: _Frame, line: Line) -> _Route:
    """Between two boxes for which there is no better way."""
    lower, upper = frame.boxes[line.lower], frame.boxes[line.upper]
    return _curved(upright(lower.middle, upper.middle), 0.5)


def _near(points: tuple[Point, ...]) -> Point:
    return points[1]


def _curved(curve: Curve, share: float) -> _Route:
    return _Route(curve.path, curve.at(share))


def _captions(scene: Scene, boxes: dict[str, Box]) -> dict[str, Point]:
    """Where the names of the tiers stand: above the first site of each."""
    captions: dict[str, Point] = {}
    for place in scene.places.values():
        if place.kind == "side" and place.tier not in captions:
            box = boxes[place.slug]
            captions[place.tier] = (box.x, box.y - 12)
    return captions
