"""The provider's resources as Pulumi programs in Python write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import pulumi
from pydantic import ValidationError

from giaoban.datacentre.adoption import adoptions
from giaoban.datacentre.backends import CONFIGURATION, backend_of
from giaoban.datacentre.design import Design, demand_policy
from giaoban.datacentre.policy import PolicyError
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


def judge_servers(design: Design) -> None:
    """Have each server that the program declares from here on judged, whoever wrote it down.

    The plan's are judged together, before any of them is declared; another one is judged with them.
    """
    planned = {server.name: _judged(plain(server)) for server in design.servers}
    others: list[ServerSpec] = []

    def judge(resource: pulumi.ResourceTransformationArgs) -> None:
        if resource.type_ != f"{_PACKAGE}:{Server.kind}":
            return
        with sentences():
            spec = _judged(resource.props)
            if planned.get(spec.name) != spec:
                others.append(spec)
                demand_policy(design, others)

    pulumi.runtime.register_stack_transformation(judge)


def _judged(properties: Mapping[str, Any]) -> ServerSpec:
    """Give a server as its policy sees it.

    Raises:
        PolicyError: nobody can see what it would be.

    """
    fields = ServerSpec.model_fields.keys() - SECRET
    try:
        return ServerSpec.model_validate(
            {key: value for key, value in properties.items() if key in fields}
        )
    except ValidationError as failure:
        wrong = ", ".join(str(error["loc"][0]) for error in failure.errors())
        name = properties.get("name")
        sentence = f"{name}: its {wrong} cannot be judged; write values as ServerSpec has them"
        raise PolicyError([sentence]) from None


def tell_of_adoptions(design: Design) -> None:
    """Say of each server that is to be adopted what differs there, before it is."""
    if any(server.adopt for server in design.servers):
        settings = pulumi.Config("giaoban")
        found = {key: settings.get(key) for key in CONFIGURATION}
        backend = backend_of({key: text for key, text in found.items() if text is not None})
        for sentence in adoptions(design.servers, backend):
            pulumi.log.warn(sentence)


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
    """A virtual server; `born` differs from birth to birth, whatever its name.

    One that is adopted is imported as it stands, and protected.
    """

    kind = "Server"
    known_later = ("born",)
    name: pulumi.Output[str]
    born: pulumi.Output[str]

    def __init__(self, spec: ServerSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        if spec.adopt:
            adopted = pulumi.ResourceOptions(import_=spec.name, protect=True)
            opts = pulumi.ResourceOptions.merge(opts, adopted)
        super().__init__(spec, opts)
