"""The Pulumi provider `giaoban`: its resources' life, over a backend that makes them.

Run as `pulumi-resource-giaoban` by the engine. What it decides is pure; the backend does it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as engine
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.provider.experimental.server import main as serve
from pydantic import ValidationError

from giaoban.datacentre import backends
from giaoban.datacentre.backends import Backend, backend_of, demand_ours
from giaoban.datacentre.specs import (
    ADOPTED_FROM,
    AS_IT_STANDS,
    AT_BIRTH,
    KINDS,
    REPLACING,
    SECRET,
    SERVER,
    Spec,
)
from giaoban.errors import GiaobanError

Result = TypeVar("Result")
Properties = Mapping[str, PropertyValue]


class ProvisionError(Exception):
    """What the engine prints of a failure."""


class GiaobanProvider(engine.Provider):
    """Create, read, update, delete of networks, images and servers."""

    def __init__(self) -> None:
        super().__init__()
        self._backend: Backend | None = None
        # A backend changes one thing at a time: the engine asks for many at once.
        self._one_at_a_time = asyncio.Lock()

    @property
    def backend(self) -> Backend:
        """The backend of the stack."""
        if self._backend is None:
            raise ProvisionError("the provider was asked before it was configured")
        return self._backend

    async def check_config(self, request: engine.CheckRequest) -> engine.CheckResponse:
        """Take the configuration as it is; `configure` judges it."""
        return engine.CheckResponse(dict(request.new_inputs))

    async def diff_config(self, request: engine.DiffRequest) -> engine.DiffResponse:
        """Say whether resources would be made elsewhere: then each is made anew."""
        before, after = _values(request.old_state), _values(request.new_inputs)
        moved = [key for key in ("backend", "twin") if before.get(key) != after.get(key)]
        return engine.DiffResponse(changes=bool(moved), diffs=moved, replaces=moved)

    async def configure(self, request: engine.ConfigureRequest) -> engine.ConfigureResponse:
        """Choose the backend."""
        self._backend = await self._in_thread(lambda: backend_of(request.variables))
        return engine.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: engine.CheckRequest) -> engine.CheckResponse:
        """Judge the shape of inputs; what is not known yet is judged when it is."""
        failures = check_failures(request.type, request.new_inputs)
        failures += shrinking(_values(request.old_inputs or {}), _values(request.new_inputs))
        return engine.CheckResponse(dict(request.new_inputs), failures)

    async def diff(self, request: engine.DiffRequest) -> engine.DiffResponse:
        """Say what differs, and whether another one must take its place."""
        before, after = _values(request.old_state), _values(request.new_inputs)
        return diff_response(before, after, set(request.ignore_changes))

    async def create(self, request: engine.CreateRequest) -> engine.CreateResponse:
        """Make it."""
        if request.preview:
            return engine.CreateResponse(properties=dict(request.properties))
        kind, spec = _spec(request.type, request.properties)
        made = await self._alone(lambda: self.backend.create(kind, spec, request.urn))
        return engine.CreateResponse(spec.name, _marshal(made, request.properties))

    async def read(self, request: engine.ReadRequest) -> engine.ReadResponse:
        """Look what is there; a thing that is to be imported and is not there is an error."""
        kind, name = _kind(request.type), request.resource_id
        importing = not request.properties
        adopted = importing or ADOPTED_FROM in request.properties

        def look() -> dict[str, Any] | None:
            if adopted and kind == SERVER:
                theirs = self.backend.foreign(name)
                if theirs is not None:
                    return theirs | ({AS_IT_STANDS: True} if importing else {})
                demand_ours(name, self.backend.servers().get(name), request.urn)
            return self.backend.read(kind, name)

        found = await self._alone(look)
        if found is None and importing:
            raise ProvisionError(
                f"{name}: there is nothing of that name to adopt; to have it made, take `adopt:"
                " true` out of data-centre.yml"
            )
        if found is None:
            return engine.ReadResponse(resource_id="", properties={}, inputs={})
        state = _marshal(found, request.properties)
        fields = KINDS[kind].model_fields
        inputs = {key: value for key, value in state.items() if key in fields}
        return engine.ReadResponse(resource_id=name, properties=state, inputs=inputs)

    async def update(self, request: engine.UpdateRequest) -> engine.UpdateResponse:
        """Change it where it stands."""
        if request.preview:
            return engine.UpdateResponse(properties=dict(request.news))
        kind, spec = _spec(request.type, request.news)
        adopted_from = _values(request.olds).get(ADOPTED_FROM)
        changed = await self._alone(
            lambda: self.backend.update(kind, spec, request.urn, adopted_from)
        )
        return engine.UpdateResponse(properties=_marshal(changed, request.news))

    async def delete(self, request: engine.DeleteRequest) -> None:
        """Remove it."""
        kind, name = _kind(request.type), request.resource_id
        await self._alone(lambda: self.backend.delete(kind, name, request.urn))

    async def _alone(self, work: Callable[[], Result]) -> Result:
        async with self._one_at_a_time:
            return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        # An error's class and stack are of no use to an engineer; its sentence is.
        try:
            return await asyncio.to_thread(work)
        except (GiaobanError, OSError) as failure:
            raise ProvisionError(str(failure)) from None


def check_failures(type_token: str, properties: Properties) -> list[engine.CheckFailure]:
    """Give what is wrong with inputs, a sentence each. Pure."""
    known = {key: value for key, value in properties.items() if not _is_unknown(value)}
    try:
        KINDS[_kind(type_token)].model_validate(_values(known), strict=False)
    except ValidationError as failure:
        unknown = properties.keys() - known.keys()
        return [
            engine.CheckFailure(".".join(map(str, error["loc"])), error["msg"])
            for error in failure.errors(include_url=False, include_input=False)
            if not (error["type"] == "missing" and error["loc"][0] in unknown)
        ]
    return []


def shrinking(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[engine.CheckFailure]:
    """Say that a disk cannot shrink, while a plan can still be changed. Pure."""
    had, asked = before.get("disk"), after.get("disk")
    replaced = any(before.get(key) != after.get(key) for key in REPLACING)
    if replaced or not (isinstance(had, int) and isinstance(asked, int)):
        return []
    reason = backends.shrinking(str(after.get("name")), had, asked)
    return [engine.CheckFailure("disk", reason)] if reason else []


def diff_response(
    before: Mapping[str, Any], after: Mapping[str, Any], ignored: set[str]
) -> engine.DiffResponse:
    """Compare a state with inputs. Pure.

    A server that is imported is taken as it stands: what differs is the next run's to change. Where
    it belongs and cannot be seen there, it is as asked for.
    """
    if before.get(AS_IT_STANDS):
        return engine.DiffResponse(changes=False)
    compared = after.keys() - ignored - {"__provider"}
    if ADOPTED_FROM in before:
        compared -= REPLACING - before.keys()
    differing = sorted(
        key for key in compared if before.get(key) != after[key] and key not in AT_BIRTH
    )
    replaces = [key for key in differing if key in REPLACING]
    kinds = engine.PropertyDiffKind
    return engine.DiffResponse(
        changes=bool(differing),
        diffs=differing,
        replaces=replaces,
        # Its name, its port and its MAC address are taken until it is gone.
        delete_before_replace=bool(replaces),
        detailed_diff={
            key: engine.PropertyDiff(
                kinds.UPDATE_REPLACE if key in replaces else kinds.UPDATE, input_diff=True
            )
            for key in differing
        },
    )


def _kind(type_token: str) -> str:
    """Give a resource's own type: a child's token reads `Parent$Type`."""
    return type_token.rpartition("$")[2]


def _spec(type_token: str, properties: Properties) -> tuple[str, Spec]:
    kind = _kind(type_token)
    fields = KINDS[kind].model_fields
    values = {key: value for key, value in _values(properties).items() if key in fields}
    try:
        return kind, KINDS[kind].model_validate(values)
    except ValidationError as failure:
        errors = failure.errors(include_url=False, include_input=False)
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in errors)
        raise ProvisionError(f"{values.get('name', kind)}: {said}") from None


def _values(properties: Properties) -> dict[str, Any]:
    """Give plain values; a whole number comes as a float from the engine."""
    return {key: _value(value) for key, value in properties.items()}


def _value(value: PropertyValue) -> Any:
    found = value.value
    if isinstance(found, PropertyValue):
        return _value(found)
    if isinstance(found, float) and found.is_integer():
        return int(found)
    if isinstance(found, Mapping):
        return {key: _value(each) for key, each in found.items()}
    if isinstance(found, (list, tuple)):
        return [_value(each) for each in found]
    return found


def _is_unknown(value: PropertyValue) -> bool:
    found = value.value
    if isinstance(found, Mapping):
        return any(map(_is_unknown, found.values()))
    if isinstance(found, tuple):
        return any(map(_is_unknown, found))
    return isinstance(found, Computed)


def _marshal(values: Mapping[str, Any], like: Properties) -> dict[str, PropertyValue]:
    """Give property values; what was secret in `like` stays so."""
    return {key: _property(value, secret=_is_secret(key, like)) for key, value in values.items()}


def _is_secret(key: str, like: Properties) -> bool:
    return key in SECRET or (key in like and like[key].is_secret)


def _property(value: Any, *, secret: bool = False) -> PropertyValue:
    if isinstance(value, Mapping):
        return PropertyValue(
            {key: _property(each) for key, each in value.items()}, is_secret=secret
        )
    if isinstance(value, (list, tuple)):
        return PropertyValue([_property(each) for each in value], is_secret=secret)
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value), is_secret=secret)
    return PropertyValue(value, is_secret=secret)


def _end_with_the_engine() -> None:
    """End at once when the engine does, however it does: what it asked for is nobody's by then."""
    # It holds the other end and never writes. Not by sys.stdin: a thread that waits in it with its
    # lock has the interpreter abort when the engine ends this process the ordinary way.
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> None:
    """Serve the engine that started this process."""
    # The engine's way to say that all is done. As an interrupt it would be told with a traceback.
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    threading.Thread(target=_end_with_the_engine, daemon=True).start()
    serve(sys.argv[1:], version("giaoban"), GiaobanProvider())
