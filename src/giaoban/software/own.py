"""Programs that Debian has not: built from their source by Go, and packed as Debian packages.

Each has a folder under `tools/` with a go.mod and a go.sum, which pin all that goes into it. What
is built is kept by those, so it is built once.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from giaoban.commands import MissingProgramsError, run
from giaoban.errors import OperationError
from giaoban.files import write_whole
from giaoban.store import Progress, digest, once

# The first moment of packages whose content says nothing of a time: the same source, the same file.
_EPOCH: Final = "1700000000"
_LICENCES: Final = ("LICENSE*", "LICENCE*", "COPYING*", "NOTICE*")


@dataclass(frozen=True, slots=True)
class OwnPackage:
    """A program to build: `command` is its Go package, `module` the one whose version it has.

    What is ours has no `module`, and its version in the file VERSION of its folder.
    """

    name: str
    folder: str
    command: str
    description: str
    minutes: int  # on two cores, with nothing cached
    module: str | None = None

    def recipe(self, tools: Path) -> str:
        """Give all that decides what comes out, as one text: its source, and how it is built."""
        files = [Path(__file__), *sorted((tools / self.folder).rglob("*"))]
        texts = [file.read_text(encoding="utf-8") for file in files if file.is_file()]
        return "\0".join([self.name, self.command, *texts])


OWN: Final = (
    OwnPackage(
        name="livekit-server",
        folder="livekit",
        module="github.com/livekit/livekit-server",
        command="github.com/livekit/livekit-server/cmd/server",
        description="Media server of meetings: forwards sound and picture between participants",
        minutes=5,
    ),
    OwnPackage(
        name="giaoban-participant",
        folder="meeting",
        command="./cmd/participant",
        description="Takes part in a meeting without a screen, and tells what it saw and heard",
        minutes=2,
    ),
    OwnPackage(
        name="giaoban-relay",
        folder="meeting",
        command="./cmd/relay",
        description="Joins the halves of a meeting on two servers, with one copy of each stream",
        minutes=1,
    ),
)


class NoVersionError(OperationError):
    """A go.mod does not pin the module that gives a package its version."""

    def __init__(self, file: Path, module: str) -> None:
        super().__init__(
            f"{file}: {module} is not required, and gives the package its version; run"
            f" `go get -tool {module}/…@<version>` there"
        )


def own_recipe(tools: Path) -> str:
    """Give all that decides what our own packages hold, as one text."""
    return "\0".join(package.recipe(tools) for package in OWN)


def make_own_packages(cache: Path, tools: Path, progress: Progress) -> list[Path]:
    """Give the files of our own packages, built where they are missing.

    Args:
        cache: where built packages are kept.
        tools: the folder that has each one's source.
        progress: is told what takes long.

    Raises:
        CommandFailedError: Go or dpkg-deb failed, with their last lines.
        MissingProgramsError: there is no Go.
        NoVersionError: the version is not pinned.

    """
    cache.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for package in OWN:
        place = cache / f"own-{package.name}-{digest(package.recipe(tools))}"
        what = f"software: {package.name} ({package.minutes} minutes on two cores, once)"

        def build(beside: Path, package: OwnPackage = package) -> None:
            _build(package, tools, beside)

        once(place, progress, what, build)
        files += sorted(place.glob("*.deb"))
    return files


def _build(package: OwnPackage, tools: Path, beside: Path) -> None:
    if shutil.which("go") is None:
        raise MissingProgramsError(["go"])
    source, root = tools / package.folder, beside / "root"
    version = version_of(package, tools)
    go = ["env", "-C", str(source), "CGO_ENABLED=0", "go"]
    program = root / "usr" / "bin" / package.name
    flags = ["-trimpath", "-mod=readonly", "-ldflags", "-s -w"]
    run([*go, "build", *flags, "-o", str(program), package.command])
    listing = "{{with .Module}}{{.Path}} {{.Dir}}{{end}}"
    modules = run([*go, "list", "-deps", "-f", listing, package.command])
    _licences(modules, root / "usr" / "share" / "doc" / package.name)
    control = root / "DEBIAN" / "control"
    control.parent.mkdir()
    fields = {
        "Package": package.name,
        "Version": f"{version}-0giaoban1",
        "Architecture": run(["dpkg", "--print-architecture"]).strip(),
        "Maintainer": "giaoban <root@localhost>",
        "Description": package.description,
    }
    write_whole(control, "".join(f"{field}: {text}\n" for field, text in fields.items()))
    pack = ["env", f"SOURCE_DATE_EPOCH={_EPOCH}", "dpkg-deb", "--root-owner-group", "--build"]
    run([*pack, str(root), str(beside)])
    shutil.rmtree(root)


def version_of(package: OwnPackage, tools: Path) -> str:
    """Give the version that a package's source is pinned to.

    Raises:
        NoVersionError: it is not pinned.

    """
    if package.module is None:
        return (tools / package.folder / "VERSION").read_text(encoding="utf-8").strip()
    file = tools / package.folder / "go.mod"
    line = re.compile(rf"^\s*{re.escape(package.module)} v(\S+)", re.MULTILINE)
    pinned = line.search(file.read_text(encoding="utf-8"))
    if pinned is None:
        raise NoVersionError(file, package.module)
    return pinned[1]


def _licences(modules: str, folder: Path) -> None:
    """Lay down the licences of all that went into a program, as they ask."""
    for path, _, source in (line.partition(" ") for line in sorted(set(modules.splitlines()))):
        found = {file for pattern in _LICENCES for file in Path(source).glob(pattern)}
        for file in sorted(found):
            if file.is_file():
                target = folder / "licences" / path / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
