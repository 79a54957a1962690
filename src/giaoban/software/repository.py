"""The province's own Debian repository: exactly what its boxes install, signed with its own key.

Built once from the machine's own apt sources, in a folder named by what was asked for.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from giaoban.commands import disk_full_is_a_sentence, run
from giaoban.files import private_folder, write_whole
from giaoban.software import sources
from giaoban.software.contents import SUITE
from giaoban.software.own import make_own_packages, own_recipe
from giaoban.store import Progress, alone, digest, once

PUBLIC_KEY = "giaoban-archive.asc"
_OWNER = "giaoban software"
# One line of `apt-get --print-uris`: 'URI' file size digest.
_CHOSEN = re.compile(r"'[^']+' (\S+\.deb) \d+ .*")
# Apt keeps an epoch's colon as %3a, which an HTTP server would read as a colon.
_EPOCH = re.compile(r"_\d+%3a")


# The folder of caches is root's alone, and apt would read as somebody else. What is built does not
# keep that: there apt's methods run as nobody in particular.
BOOTSTRAP = (
    "mmdebstrap",
    "--quiet",
    "--variant=minbase",
    '--aptopt=APT::Sandbox::User "root"',
    '--customize-hook=rm "$1/etc/apt/apt.conf.d/99mmdebstrap"',
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of Debian packages in a folder."""

    folder: Path

    @property
    def key(self) -> Path:
        """The public key that it is signed with, in ASCII armour."""
        return self.folder / PUBLIC_KEY

    @property
    def index(self) -> Path:
        """Its index, signed: it has the sums of all else."""
        return self.folder / "dists" / SUITE / "InRelease"

    @property
    def source(self) -> str:
        """The line by which this machine's apt reads it."""
        return f"deb [signed-by={self.key}] copy:{self.folder} {SUITE} main\n"


def repository_key(sets: Mapping[str, Sequence[str]], tools: Path) -> str:
    """Give a digest of what is asked for, and of how it is built."""
    recipe = [Path(module).read_text(encoding="utf-8") for module in (__file__, sources.__file__)]
    asked = [f"{name}: {' '.join(names)}" for name, names in sorted(sets.items())]
    return digest(SUITE, own_recipe(tools), *recipe, *asked)


def make_repository(
    cache: Path, keys: Path, sets: Mapping[str, Sequence[str]], tools: Path, progress: Progress
) -> Repository:
    """Give the repository that has `sets`, built where it is missing.

    Args:
        cache: where repositories, built and downloaded packages are kept.
        keys: where the key is kept that signs; it is made where it is missing.
        sets: packages that are installed together, by what for.
        tools: the folder with the source of packages that Debian has not.
        progress: is told what takes long.

    Raises:
        OperationError: apt, gpg or Go failed, with their last lines.

    """
    place = cache / f"debian-{repository_key(sets, tools)}"
    cache.mkdir(parents=True, exist_ok=True)

    def build(beside: Path) -> None:
        apt = Apt(beside / "apt", cache / "archives", make_own_packages(cache, tools, progress))
        _build(beside, apt, keys, sets, progress)

    with disk_full_is_a_sentence():
        once(place, progress, "software", build)
    return Repository(place)


def _build(
    folder: Path,
    apt: Apt,
    keys: Path,
    sets: Mapping[str, Sequence[str]],
    progress: Progress,
) -> None:
    (folder / "pool").mkdir()
    progress("software: reading the package lists")
    chosen: dict[str, None] = {}
    with alone(apt.archives.with_name(".archives.lock")):
        apt.update()
        for name, names in sets.items():
            progress(f"software: packages of {name}")
            chosen |= dict.fromkeys(apt.fetch(names))
    shutil.rmtree(apt.scratch)
    for file in chosen:
        os.link(apt.archives / file, folder / "pool" / _EPOCH.sub("_", file))
    progress(f"software: indexing and signing {len(chosen)} packages")
    _index(folder)
    _sign(folder, keys)


class Apt:
    """The machine's apt, its proxies and its credentials, for a system that has nothing yet."""

    def __init__(self, scratch: Path, archives: Path, own: Sequence[Path]) -> None:
        """Lay out its folders in `scratch`; what it downloads is kept in `archives`.

        Packages of our `own` are a source beside the machine's.
        """
        self.scratch, self.archives = scratch, archives
        for folder in ("lists/partial", "cache", "none/partial", "own"):
            (scratch / folder).mkdir(parents=True)
        (archives / "partial").mkdir(parents=True, exist_ok=True)
        (scratch / "status").touch()
        for file in own:
            shutil.copy2(file, scratch / "own")
        packages = run(["env", "-C", str(scratch / "own"), "apt-ftparchive", "packages", "."])
        write_whole(scratch / "own" / "Packages", packages)
        ours = f"deb [trusted=yes] copy:{scratch / 'own'} ./\n"
        (scratch / "sources.list").write_text(ours + _sources_of_this_machine(), encoding="utf-8")
        self._none = scratch / "none"
        options = {
            "Dir::Etc::sourcelist": scratch / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": scratch / "lists",
            "Dir::State::status": scratch / "status",
            "Dir::Cache": scratch / "cache",
            "Dir::Cache::pkgcache": "pkgcache.bin",  # Docker's images have it off
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        self._command = ["apt-get", "--quiet=2", "--yes"]
        for option, value in options.items():
            self._command += ["-o", f"{option}={value}"]

    def update(self) -> None:
        """Read the package lists."""
        run([*self._command, "update"])

    def fetch(self, names: Sequence[str]) -> list[str]:
        """Download packages and all that they need; give their files' names."""
        listed = run([*self._command, *self._kept(self._none), "--print-uris", "install", *names])
        run([*self._command, *self._kept(self.archives), "--download-only", "install", *names])
        return [match[1] for line in listed.splitlines() if (match := _CHOSEN.fullmatch(line))]

    def _kept(self, archives: Path) -> list[str]:
        return ["-o", f"Dir::Cache::archives={archives}"]


def _sources_of_this_machine() -> str:
    apt = Path("/etc/apt")
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    values = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    stanzas = sorted((apt / "sources.list.d").glob("*.sources"))
    lines = sources.derived(
        [path.read_text(encoding="utf-8") for path in lists if path.exists()],
        [path.read_text(encoding="utf-8") for path in stanzas],
        values["VERSION_CODENAME"].strip('"'),
    )
    return "".join(f"{line}\n" for line in lines)


def _index(folder: Path) -> None:
    architecture = run(["dpkg", "--print-architecture"]).strip()
    binary = folder / "dists" / SUITE / "main" / f"binary-{architecture}"
    binary.mkdir(parents=True)
    packages = run(["env", "-C", str(folder), "apt-ftparchive", "packages", "pool"])
    write_whole(binary / "Packages", packages)
    run(["xz", "--keep", str(binary / "Packages")])
    fields = {
        "Origin": "giaoban",
        "Label": "giaoban",
        "Suite": SUITE,
        "Codename": SUITE,
        "Architectures": architecture,
        "Components": "main",
    }
    options = [f"-oAPT::FTPArchive::Release::{field}={text}" for field, text in fields.items()]
    release = folder / "dists" / SUITE / "Release"
    write_whole(release, run(["apt-ftparchive", *options, "release", str(release.parent)]))


def _sign(folder: Path, keys: Path) -> None:
    private_folder(keys)
    gpg = ["gpg", "--homedir", str(keys), "--batch", "--quiet", "--pinentry-mode", "loopback"]
    gpg += ["--passphrase", ""]
    try:
        if not run([*gpg, "--list-secret-keys", "--with-colons"]):
            run([*gpg, "--quick-generate-key", _OWNER, "ed25519", "sign", "never"])
        release = folder / "dists" / SUITE / "Release"
        signed = release.with_name("InRelease")
        run([*gpg, "--clear-sign", "--output", str(signed), str(release)])
        run([*gpg, "--armor", "--output", str(folder / PUBLIC_KEY), "--export"])
    finally:
        run(["gpgconf", "--homedir", str(keys), "--kill", "gpg-agent"])
