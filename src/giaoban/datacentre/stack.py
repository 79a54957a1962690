"""Runs the Pulumi program of the project by the Automation API, with state beside the keys.

One stack an inventory: `twin` where its boxes are a twin's, `production` otherwise.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation as auto
from pulumi.automation.events import EngineEvent

from giaoban.checkout import checkout
from giaoban.datacentre.backends import backend_of
from giaoban.datacentre.choice import targets
from giaoban.errors import OperationError
from giaoban.files import private_folder, write_whole
from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.provision.handover import FILE, handover_text
from giaoban.provision.reach import Reach
from giaoban.provision.secrets import SecretStore

_PRIVATE = 0o600
# Not Pulumi's own variable: `giaoban dc environment` sets that in shells, for one inventory.
_STATE_URL = "GIAOBAN_STATE_URL"
# The engine's colours, and what gRPC puts before a provider's sentence.
_NOISE = re.compile(r"<\{%.*?%\}>|Unexpected <class '[^']*'>: ")
# What the engine says of one, with advice for whoever writes programs.
_PROTECTED = re.compile(r'(?s).*resource "[^"]*::(?P<name>[^":]+)".* protect.*')
_IS_PROTECTED = (
    r"\g<name>: it is protected, since intent adopted it, and was not touched. If it is to go, have"
    r" it in data-centre.yml without `adopt: true` and run giaoban dc up; then take it out"
)
_NO_NEWS = ("update failed", "preview failed", "refresh failed", "destroy failed")
_LONGEST = 2000  # characters of what nobody foresaw
Said = Callable[[str], None]


class NoPulumiError(OperationError):
    """There is no Pulumi on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "no `pulumi` on PATH; build the one of this version with scripts/setup --pulumi (ten"
            " minutes, once), or install Pulumi 3.256 or newer"
        )


class StackLockedError(OperationError):
    """Another run holds the state, or died with it."""

    def __init__(self, who: str, *, lives: bool) -> None:
        remedy = (
            "wait for it to end" if lives else "it is dead; free the state with: giaoban dc unlock"
        )
        super().__init__(f"the data centre's state is locked by {who}: {remedy}")


class RunFailedError(OperationError):
    """Pulumi said why."""


@dataclass(frozen=True)
class Settings:
    """Where a stack of an inventory lives, and what its configuration is."""

    reach: Reach
    project: Path

    @classmethod
    def of(cls, inventory: Path) -> Settings:
        """Find the project: `pulumi/` of the checkout that this package is of.

        Raises:
            GiaobanError: there is none.

        """
        reach = Reach.read(inventory)
        # Our own, and not one beside the inventory: what lies there is run as this user.
        return cls(reach, checkout("pulumi") / "pulumi")

    @property
    def stack(self) -> str:
        """The stack's name."""
        return "twin" if self.reach.sockets else "production"

    @property
    def folder(self) -> Path:
        """Where Pulumi works: project file, configuration, state."""
        return self.reach.state / "pulumi"

    @property
    def backend(self) -> str:
        """The state's URL: beside the keys, or where the environment has production's."""
        elsewhere = os.environ.get(_STATE_URL)
        if elsewhere and not self.reach.sockets:
            return elsewhere
        return f"file://{self.folder / 'state'}"

    @property
    def passphrase(self) -> Path:
        """The file with what the state's secrets are encrypted with."""
        return self.reach.state / "secrets" / "pulumi.passphrase"

    @property
    def configuration(self) -> dict[str, str]:
        """The stack's configuration: what the project's file says, and what the inventory does."""
        file = self.project / f"Pulumi.{self.stack}.yaml"
        text = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
        written: dict[str, str] = text.get("config", {})
        mine = {"giaoban:inventory": str(self.reach.inventory)}
        if self.reach.sockets:
            mine |= {"giaoban:backend": "twin", "giaoban:twin": self.reach.sockets.name}
        return written | mine

    @property
    def environment(self) -> dict[str, str]:
        """What Pulumi runs with; the same for the plain command line."""
        return {
            "PULUMI_BACKEND_URL": self.backend,
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.passphrase),
            "PULUMI_HOME": str(self.folder / "home"),
            "GIAOBAN_STACK_FILE": str(self.folder / f"Pulumi.{self.stack}.yaml"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        }


def open_stack(settings: Settings) -> auto.Stack:
    """Give the stack, made where it is new.

    Raises:
        NoPulumiError: there is no `pulumi`.
        SecretsFileError: there is no master key to encrypt with.

    """
    if shutil.which("pulumi") is None:
        raise NoPulumiError
    _prepare(settings)
    if settings.reach.sockets:
        from giaoban.twin.namespaces import stand_apart  # noqa: PLC0415 - the twin can be taken away

        # The engine, the program and the provider listen on loopback for whoever comes.
        stand_apart()
    with _sentences(settings):
        return auto.create_or_select_stack(
            settings.stack,
            project_name="giaoban",
            program=_program(settings.project),
            opts=auto.LocalWorkspaceOptions(
                work_dir=str(settings.folder),
                pulumi_home=str(settings.folder / "home"),
                env_vars=settings.environment,
                secrets_provider="passphrase",
            ),
        )


def _prepare(settings: Settings) -> None:
    private_folder(settings.folder)
    (settings.folder / "state").mkdir(exist_ok=True)
    passphrase = SecretStore.from_file(settings.reach.master_key).value("pulumi/passphrase")
    if not settings.passphrase.exists() or settings.passphrase.read_text() != passphrase:
        write_whole(settings.passphrase, passphrase, _PRIVATE)
    project = yaml.safe_load((settings.project / "Pulumi.yaml").read_text(encoding="utf-8"))
    project["plugins"]["providers"][0]["path"] = str(Path(sys.executable).parent)
    write_whole(settings.folder / "Pulumi.yaml", yaml.safe_dump(project, sort_keys=False))
    file = settings.folder / f"Pulumi.{settings.stack}.yaml"
    # Pulumi keeps the salt of its encryption here.
    text = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    wanted = text | {"config": settings.configuration}
    if wanted != text:
        write_whole(file, yaml.safe_dump(wanted, sort_keys=False), _PRIVATE)


def _program(project: Path) -> Callable[[], None]:
    def run() -> None:
        sys.path.insert(0, str(project))
        try:
            runpy.run_path(str(project / "__main__.py"), run_name="__main__")
        finally:
            sys.path.remove(str(project))

    return run


def preview(settings: Settings, said: Said, groups: Collection[str] = ()) -> dict[str, int]:
    """Say what `up` would do, looking first as it does; give how many resources it is about."""
    stack = open_stack(settings)
    target = _targets(settings, stack, groups)
    with _sentences(settings) as heard:
        found = stack.preview(
            refresh=True, target=target, on_output=said, on_event=heard, color="never"
        )
    return _counts(found.change_summary)


def up(settings: Settings, said: Said, groups: Collection[str] = ()) -> dict[str, int]:
    """Make the data centre be as planned, and tell Ansible which servers exist.

    The program judges the policy before it asks for the first resource, for every server. Of
    `groups` only it makes, changes and looks at servers, unless there are none.
    """
    stack = open_stack(settings)
    target = _targets(settings, stack, groups)
    with _sentences(settings) as heard, _handing_over(settings, stack):
        made = stack.up(
            refresh=True,
            target=target,
            on_output=said,
            on_event=heard,
            color="never",
            show_secrets=False,
        )
    return _counts(made.summary.resource_changes)


def _targets(settings: Settings, stack: auto.Stack, groups: Collection[str]) -> list[str] | None:
    if not groups:
        return None
    standing = [row["urn"] for row in _rows(stack)]
    return targets(build(load(settings.reach.intent)), groups, standing)


def refresh(settings: Settings, said: Said) -> dict[str, int]:
    """Look at what is there, and note it."""
    stack = open_stack(settings)
    with _sentences(settings) as heard, _handing_over(settings, stack):
        found = stack.refresh(on_output=said, on_event=heard, color="never", show_secrets=False)
    return _counts(found.summary.resource_changes)


def destroy(settings: Settings, said: Said) -> dict[str, int]:
    """Remove every server and network of the stack."""
    stack = open_stack(settings)
    with _sentences(settings) as heard, _handing_over(settings, stack):
        gone = stack.destroy(on_output=said, on_event=heard, color="never", show_secrets=False)
    return _counts(gone.summary.resource_changes)


def _counts(changes: Mapping[Any, int] | None) -> dict[str, int]:
    return {str(getattr(what, "value", what)): count for what, count in (changes or {}).items()}


def strays(settings: Settings) -> dict[str, str]:
    """Give the servers that no run of this stack made or adopts: their names, and their makers."""
    made = f"urn:pulumi:{settings.stack}::giaoban::"
    servers = backend_of(settings.configuration).servers()
    adopted = {
        name
        for name, planned in build(load(settings.reach.intent)).virtual_servers.items()
        if planned.server.machine and planned.server.machine.adopt
    }
    return {
        name: whose
        for name, whose in servers.items()
        if name not in adopted and not whose.startswith(made)
    }


def unlock(settings: Settings) -> list[str]:
    """Free the state of locks whose runs are dead; give who they were.

    Raises:
        StackLockedError: one of them lives.

    """
    freed = []
    for lock in _locks(settings):
        who, lives = _holder(lock)
        if lives:
            raise StackLockedError(who, lives=True)
        lock.unlink(missing_ok=True)
        freed.append(who)
    return freed


@contextmanager
def _handing_over(settings: Settings, stack: auto.Stack) -> Iterator[None]:
    """Write what exists for Ansible, however a run ended: some of it may have been made."""
    try:
        yield
    except auto.ConcurrentUpdateError:  # the other run hands over
        raise
    except BaseException:
        _hand_over(settings, stack)
        raise
    else:
        _hand_over(settings, stack)


def _hand_over(settings: Settings, stack: auto.Stack) -> None:
    existing = _existing(stack)
    write_whole(settings.reach.state / FILE, handover_text(existing))
    _forget_host_keys(settings.reach, existing)


def _forget_host_keys(reach: Reach, existing: Mapping[str, Any]) -> None:
    """Have a server that is made again prove itself with a key that its former root never saw."""
    for name in build(load(reach.intent)).virtual_servers.keys() - existing.keys():
        for file in (reach.host_keys / name, reach.host_keys / f"{name}.pub"):
            file.unlink(missing_ok=True)


def _rows(stack: auto.Stack) -> list[dict[str, Any]]:
    """Give what is in the state, a row a resource."""
    rows: list[dict[str, Any]] = (stack.export_stack().deployment or {}).get("resources") or []
    return rows


def _existing(stack: auto.Stack) -> dict[str, dict[str, str]]:
    """Give the servers in the state; outputs of a run that failed are those of the one before."""
    return {
        row["id"]: {
            "hypervisor": row["outputs"]["hypervisor"],
            "born": row["outputs"].get("born", ""),
        }
        for row in _rows(stack)
        if row["type"] == "giaoban:index:Server"
        # Of a server that another takes the place of, the engine keeps a row while it is gone.
        and not (row.get("delete") or row.get("pendingReplacement"))
    }


@contextmanager
def _sentences(settings: Settings) -> Iterator[Callable[[EngineEvent], None]]:
    """Turn what Pulumi says of a failure into a sentence; gives who listens to its events."""
    errors: list[str] = []

    def heard(event: EngineEvent) -> None:
        diagnosed = event.diagnostic_event
        if diagnosed is not None and diagnosed.severity == "error":
            errors.append(_NOISE.sub("", diagnosed.message).strip())

    try:
        yield heard
    except auto.ConcurrentUpdateError:
        locks = _locks(settings)
        who, lives = _holder(locks[0]) if locks else ("another run", True)
        raise StackLockedError(who, lives=lives) from None
    except auto.CommandError as failure:
        raise RunFailedError(said_of(errors, str(failure))) from None


def said_of(errors: Iterable[str], text: str) -> str:
    """Give what went wrong, once: the engine's errors, or else the lines of its output. Pure."""
    errors = [_PROTECTED.sub(_IS_PROTECTED, error) for error in errors]
    found = [error for error in dict.fromkeys(errors) if error and error not in _NO_NEWS]
    if not found:
        lines = [line.strip() for line in text.splitlines()]
        found = [line.partition("error: ")[2] for line in lines if "error: " in line]
    return "\n".join(dict.fromkeys(found)) or text.strip()[-_LONGEST:]


def _locks(settings: Settings) -> list[Path]:
    return sorted((settings.folder / "state" / ".pulumi" / "locks").glob("**/*.json"))


def _runs(pid: int) -> bool:
    """Tell whether a process is a Pulumi that runs: its number may be another's by now."""
    try:
        status = Path("/proc", str(pid), "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return fields["Name"].startswith("pulumi") and not fields["State"].startswith("Z")


def _holder(lock: Path) -> tuple[str, bool]:
    try:
        row = json.loads(lock.read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError):
        return "a run that did not say who it was", False
    here = os.uname().nodename == row.get("hostname")
    lives = not here or _runs(row["pid"])
    since = datetime.fromisoformat(row["timestamp"]).astimezone(UTC)
    return (
        f"{row['username']} on {row['hostname']} (process {row['pid']}) since"
        f" {since:%Y-%m-%d %H:%M:%S} UTC"
    ), lives
