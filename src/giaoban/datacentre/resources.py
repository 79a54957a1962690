"""The provider's resources as Pulumi programs in Python write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pulumi

from giaoban.datacentre.specs import SECRET, ImageSpec, NetworkSpec, ServerSpec, Spec, plain
from giaoban.errors import GiaobanError

_PACKAGE = "giaoban:index"


@contextmanager
def sentences() -> Iterator[None]:
    """Have a program's own failures reach the engineer as sentences, without a traceback."""
    try:
        yield
    except GiaobanError as failure:
        raise pulumi.RunError(str(failure)) from None


class _Resource(pulumi.CustomResource):
    kind: ClassVar[str]
    known_later: ClassVar[tuple[str, ...]] = ()

    def __init__(self, spec: Spec, opts: pulumi.ResourceOptions | None = None) -> None:
        properties = plain(spec) | dict.fromkeys(self.known_later)
        for key in SECRET & properties.keys():
            properties[key] = pulumi.Output.secret(properties[key])
        super().__init__(f"{_PACKAGE}:{self.kind}", spec.name, properties, opts)


class Network(_Resource):
    """A zone's network, as the hypervisors offer it to servers."""

    kind = "Network"
    name: pulumi.Output[str]

    def __init__(self, spec: NetworkSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(spec, opts)


class Image(_Resource):
    """What a server's disk begins as."""

    kind = "Image"
    name: pulumi.Output[str]

    def __init__(self, spec: ImageSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(spec, opts)


class Server(_Resource):
    """A virtual server; `born` differs from birth to birth, whatever its name."""

    kind = "Server"
    known_later = ("born",)
    name: pulumi.Output[str]
    born: pulumi.Output[str]

    def __init__(self, spec: ServerSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(spec, opts)
