"""Running the machine's programs, and the sentences for when that fails."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from giaoban.errors import OperationError

PACKAGE_OF = {
    "apt-ftparchive": "apt-utils",
    "go": "golang-go",
    "gpg": "gpg",
    "gpgconf": "gpgconf",
    "grub-mkimage": "grub-pc-bin",
    "ip": "iproute2",
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "mount": "mount",
    "nc": "netcat-openbsd",
    "nft": "nftables",
    "nsenter": "util-linux",
    "qemu-img": "qemu-utils",
    "setpriv": "util-linux",
    "sfdisk": "fdisk",
    "ssh": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "tc": "iproute2",
    "unshare": "util-linux",
    "xz": "xz-utils",
}


class MissingProgramsError(OperationError):
    """Programs that we run are not installed."""

    def __init__(self, programs: Iterable[str]) -> None:
        missing = tuple(programs)
        packages = sorted({PACKAGE_OF[program] for program in missing})
        super().__init__(
            f"not installed: {', '.join(missing)}; run: apt-get install {' '.join(packages)}"
        )


class CommandFailedError(OperationError):
    """A program ended with an error."""

    def __init__(self, argv: Sequence[str], code: int, said: str) -> None:
        lines = said.strip().splitlines()[-8:]
        detail = "".join(f"\n  {line}" for line in lines) or " and said nothing"
        super().__init__(f"`{' '.join(argv)}` ended with {code}:{detail}")
        self.said = said


class DiskFullError(OperationError):
    """A file system has no room left."""

    def __init__(self, where: Path | str) -> None:
        super().__init__(
            f"{where}: no space left on the file system; free some (an image takes 1 GB, a node"
            " 20 MB) and run the same command again"
        )


def run(argv: Sequence[str], *, stdin: str | None = None) -> str:
    """Run a program to its end and give what it printed.

    Raises:
        CommandFailedError: it ended with an error.
        MissingProgramsError: it is not installed.

    """
    try:
        done = subprocess.run(
            argv,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            close_fds=False,  # it holds its caller's lock until it ended, should that be killed
        )
    except FileNotFoundError as failure:
        if argv[0] in PACKAGE_OF:
            raise MissingProgramsError([argv[0]]) from failure
        raise
    if done.returncode != 0:
        said = done.stderr or done.stdout
        if "No space left on device" in said:
            raise DiskFullError("/var")
        raise CommandFailedError(argv, done.returncode, said)
    return done.stdout


def succeeds(argv: Sequence[str]) -> bool:
    """Tell whether a program ends without an error."""
    try:
        run(argv)
    except CommandFailedError:
        return False
    return True


@contextmanager
def disk_full_is_a_sentence() -> Iterator[None]:
    """Turn ENOSPC and EDQUOT of the block into DiskFullError."""
    try:
        yield
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(failure.filename or "/var") from failure
        raise
