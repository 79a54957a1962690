"""Meetings in the plan: media servers, and which of them mixes a site's meetings."""

from __future__ import annotations

from typing import Final

from giaoban.intent.model import MEETING_ZONE, Server, Site

# The group of every media server, in the data centre and in districts.
MEETING: Final = "meeting"
# Who votes on which of the media servers that share their rooms is written to.
MEETING_VOTE: Final = "meeting-vote"
_MEDIA_SERVER_HOST: Final = 10
# From where TURN speaks for participants: outside of the ports that a system gives out by itself,
# so that nothing but media passes from there.
TURN_PORTS: Final = (61000, 61999)


def media_server_name(slug: str) -> str:
    """Give the device of a district's media server."""
    return f"ms-{slug}"


def turn_name(device: str) -> str:
    """Give the name by which participants come to a media server over TLS alone."""
    return f"turn-{device}"


def district_media_server(site: Site) -> Server:
    """Give a district's media server as intent would write one: all that holds for servers does."""
    return Server(
        name=site.slug,
        zone=MEETING_ZONE,
        number=_MEDIA_SERVER_HOST,
        groups=[MEETING],
        owner=site.slug,
        backup="none",
    )
