"""Rooms of a media server, and those who take part in them by the boxes of their sites."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from giaoban.provision.secrets import SecretStore
from tests.support.tokens import API_KEY, token
from tests.twin.centre import COMMUNE, DOMAIN, Centre

DISTRICT = "huyen-cu-jut"
SERVER = f"ms-{DISTRICT}"
# The meeting rooms of the district and of a commune below it.
HALL, ROOM = f"vc-{DISTRICT}", f"vc-{COMMUNE}"
CONTROL = "http://127.0.0.1:7880/twirp/livekit.RoomService"
SECONDS = 8
SENDS = ("-camera", "-microphone")

Told = dict[str, Any]


class Meetings:
    """Rooms of one media server, of which most tests ask for one."""

    def __init__(self, centre: Centre, server: str, room: str) -> None:
        self.centre, self.server, self.room = centre, server, room
        self.url = f"wss://{server}.{DOMAIN}"
        master = SecretStore.from_file(centre.province.reach.master_key)
        shares = server.startswith("sv-")
        self.secret = master.value("meeting/province" if shares else f"meeting/{server}")

    def control(self, method: str, **body: Any) -> dict[str, Any]:
        """Ask the server on itself, as its controllers do."""
        room = body.get("room") or body.get("name")
        grant = {"roomCreate": True, "roomAdmin": True, "roomList": True, "room": room}
        signed = token(self.secret, "control", grant)
        words = f"-H 'Authorization: Bearer {signed}' -H 'Content-Type: application/json'"
        ask = f"curl -sS --fail-with-body {words} -d '{json.dumps(body)}' {CONTROL}/{method}"
        answer: dict[str, Any] = json.loads(self.centre.said(self.server, ask))
        return answer

    @contextmanager
    def opened(self, *, closer: Meetings | None = None, **more: Any) -> Iterator[Meetings]:
        """Open the room, and close it by another server that shares it where one is named."""
        self.control("CreateRoom", name=self.room, **more)
        yield self
        (closer or self).control("DeleteRoom", room=self.room)

    def token(self, identity: str, **more: Any) -> str:
        """Sign a token for the room."""
        grant = {"roomJoin": True, "room": self.room, "canPublish": True, "canSubscribe": True}
        return token(self.secret, identity, grant | more)

    def tried(
        self, box: str, signed: str, *words: str, seconds: float = SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Take part by a box."""
        command = ["giaoban-participant", "-url", self.url, "-seconds", str(seconds), *words]
        environment = "SSL_CERT_FILE=/etc/giaoban/meeting-root.pem"
        limit = f"timeout {seconds + 50:.0f}"
        return self.centre.tried(
            box, f"echo {signed} | {environment} {limit} {shlex.join(command)}"
        )

    def told(self, box: str, *words: str, identity: str = "", seconds: float = SECONDS) -> Told:
        """Take part by a box to the end, and give what it tells."""
        done = self.tried(box, self.token(identity or box), *words, seconds=seconds)
        assert done.returncode == 0, done.stderr
        told: Told = json.loads(done.stdout)
        return told

    def take_part(self, boxes: dict[str, tuple[str, ...]]) -> dict[str, Told]:
        """Take part by boxes at once, each with its words; give what each tells."""
        with ThreadPoolExecutor() as pool:
            told = pool.map(lambda box: self.told(box, *boxes[box]), boxes)
            return dict(zip(boxes, told, strict=True))

    @property
    def half(self) -> dict[str, str]:
        """How a relay is told of this server."""
        return {"url": self.url, "key": API_KEY, "secret": self.secret}


def track(told: Told, source: str, of: str = "") -> dict[str, Any]:
    """Give what was seen of a source, of anybody's or of one's."""
    found: dict[str, Any] = next(
        one for one in told["tracks"] if one["source"] == source and of in {"", one["from"]}
    )
    return found
