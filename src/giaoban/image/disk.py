"""Builds the disk that a virtual machine begins as: Debian, its kernel and a boot loader, as qcow2.

Built without a loop device, a mount or a network beyond apt's. GRUB reads `/vmlinuz` and
`/initrd.img`, links that Debian's kernels keep at the newest one: an update of the kernel boots
without GRUB's package in the guest.
"""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from giaoban.commands import run
from giaoban.errors import OperationError
from giaoban.image import factory
from giaoban.image.factory import SSHD
from giaoban.software import contents, here
from giaoban.software.repository import BOOTSTRAP, Repository
from giaoban.store import Progress, digest, once, sha256_of

SEED_SERIAL = "giaoban-seed"  # of the disk that holds the files of the first boot

_SECTOR = 512  # bytes
_MIB = 2**20
_CORE = 2048  # first sector of the partition with GRUB's second stage, a MiB long
_ROOT = 4096  # first sector of the root file system
_ROOT_MIB = 1536  # as built; it grows to its disk at each boot
_KERNEL_SECTOR = 0x5C  # GRUB's grub/i386/pc/boot.h: where boot.img keeps its second stage's sector
_BLOCK_LIST = 0x1F4  # GRUB's grub/offsets.h: where diskboot keeps the sector after itself
_MODULES = ("biosdisk", "part_gpt", "ext2", "linux", "normal", "search_label")

_TABLE = f"""\
label: gpt
first-lba: 34
start={_CORE}, size={_ROOT - _CORE}, type=21686148-6449-6E6F-744E-656564454649
start={_ROOT}, size={_ROOT_MIB * _MIB // _SECTOR}, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
"""

_GRUB = """\
linux /vmlinuz root=LABEL=root ro net.ifnames=0 quiet console=tty0 console=ttyS0,115200
initrd /initrd.img
boot
"""

_FIRST_BOOT = f"""\
#!/bin/sh
# Takes the files of the first boot from the disk that the hypervisor lent, and overwrites it: they
# hold this server's private key, and the hypervisor sees that they were taken.
set -eu
seed=/dev/disk/by-id/virtio-{SEED_SERIAL}
udevadm wait --timeout=60 "$seed"
tar --extract --file="$seed" --directory=/
hostname --file /etc/hostname
rm /etc/giaoban/first-boot
sync
head --bytes="$(blockdev --getsize64 "$seed")" /dev/zero >"$seed"
sync
"""

_FIRST_BOOT_UNIT = """\
[Unit]
Description=Take the files of the first boot
ConditionPathExists=/etc/giaoban/first-boot
DefaultDependencies=no
After=local-fs.target systemd-udevd.service systemd-udev-trigger.service
Before=network-pre.target systemd-networkd.service ssh.service
Wants=network-pre.target
[Service]
Type=oneshot
ExecStart=/usr/lib/giaoban/first-boot
[Install]
WantedBy=multi-user.target
"""

_FILES: dict[str, tuple[str, int]] = {
    "boot/grub/grub.cfg": (_GRUB, 0o644),
    "etc/fstab": ("LABEL=root / ext4 errors=remount-ro,x-systemd.growfs 0 1\n", 0o644),
    "etc/giaoban/first-boot": ("", 0o600),
    "etc/machine-id": ("", 0o444),
    "etc/ssh/sshd_config.d/90-factory.conf": (SSHD, 0o644),
    "usr/lib/giaoban/first-boot": (_FIRST_BOOT, 0o755),
    "usr/lib/repart.d/50-root.conf": ("[Partition]\nType=root-x86-64\n", 0o644),
    "usr/lib/systemd/system/giaoban-first-boot.service": (_FIRST_BOOT_UNIT, 0o644),
}
_COMMANDS = (
    "rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/hostname /etc/resolv.conf",
    "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*",
    "rm -rf /var/cache/apt/*.bin /var/cache/apt/archives/*.deb",
    "passwd --quiet --lock root",
    "systemctl set-default multi-user.target",
    "systemctl enable giaoban-first-boot.service nftables.service ssh.service",
    "systemctl enable systemd-networkd.service",
    "systemctl disable systemd-networkd-wait-online.service",
)


class TornImageError(OperationError):
    """The image on this machine is not what was built."""

    def __init__(self, disk: Path, found: str, expected: str) -> None:
        super().__init__(
            f"{disk}: its SHA-256 is {found[:12]}… and was {expected[:12]}… when it was built;"
            f" remove {disk.parent} and run the same command again"
        )


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk image: a qcow2 file and its SHA-256."""

    file: Path
    sha256: str

    @property
    def key(self) -> str:
        """What tells it from images of other inputs."""
        return self.file.parent.name


def disk_key() -> str:
    """Give the image's name: a digest of all that goes in."""
    recipe = (Path(file).read_text(encoding="utf-8") for file in (factory.__file__, __file__))
    asked = (*BOOTSTRAP, contents.SUITE, *contents.BASE, *contents.MACHINE)
    return f"debian-{digest(*recipe, *asked)}"


def build_disk(disks: Path, progress: Progress) -> Disk:
    """Build the image unless it is in `disks`, and give it.

    Raises:
        OperationError: a tool failed, with its last lines.
        TornImageError: the image is not what was built.

    """
    place = disks / disk_key()
    disks.mkdir(parents=True, exist_ok=True)
    once(
        place,
        progress,
        "disk image: a minute or two, once",
        lambda beside: _build(here.repository(progress), beside),
    )
    file = place / "disk.qcow2"
    expected = (place / "sha256").read_text(encoding="ascii").strip()
    found = sha256_of(file)
    if found != expected:
        raise TornImageError(file, found, expected)
    return Disk(file, expected)


def _build(packages: Repository, place: Path) -> None:
    raw, root, disk = place / "disk.raw", place / "root.ext4", place / "disk.qcow2"
    _build_root(packages, place / "files", root)
    with raw.open("wb") as file:
        file.truncate((_ROOT * _SECTOR) + (_ROOT_MIB + 1) * _MIB)
    run(["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", str(raw)], stdin=_TABLE)
    _install_loader(raw, _core_image(place))
    copy = ["dd", f"if={root}", f"of={raw}", f"seek={_ROOT * _SECTOR // _MIB}"]
    run([*copy, "bs=1M", "conv=notrunc,sparse", "status=none"])
    run(["qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", str(raw), str(disk)])
    (place / "sha256").write_text(f"{sha256_of(disk)}\n", encoding="ascii")
    raw.unlink()
    root.unlink()
    shutil.rmtree(place / "files")


def _build_root(packages: Repository, files: Path, image: Path) -> None:
    """Make the root file system: Debian's packages, and our files over them."""
    image.with_name("root").mkdir()
    for name, (text, mode) in _FILES.items():
        path = files / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
    # Older boot loaders cannot read the newest features of ext4.
    features = "-O ^metadata_csum_seed,^orphan_file"
    bare = image.with_name("root")  # the root without what is mounted in it
    make = (
        f'mount --bind "$1" {bare} && mke2fs -q -t ext4 {features} -L root -d {bare} {image}'
        f" {_ROOT_MIB}M && umount {bare} && rmdir {bare}"
    )
    hooks = [f'chroot "$1" sh -ec "{command}"' for command in _COMMANDS]
    run(
        [
            *BOOTSTRAP,
            "--format=null",
            f"--include={','.join((*contents.BASE, *contents.MACHINE))}",
            # What unpacks an initial file system in a minute on an emulated processor is too slow.
            '--essential-hook=mkdir -p "$1/etc/initramfs-tools/conf.d"',
            (
                "--essential-hook=printf 'COMPRESS=zstd\\nCOMPRESSLEVEL=3\\n'"
                ' >"$1/etc/initramfs-tools/conf.d/giaoban"'
            ),
            f"--customize-hook=sync-in {files} /",
            *(f"--customize-hook={hook}" for hook in hooks),
            f"--customize-hook={make}",
            contents.SUITE,
            "-",
            "-",
        ],
        stdin=packages.source,
    )


def _core_image(place: Path) -> bytes:
    """Make GRUB's second stage, which reads the root file system's configuration."""
    early, core = place / "early.cfg", place / "core.img"
    early.write_text("search.fs_label root root\nset prefix=($root)/boot/grub\n", encoding="ascii")
    argv = ["grub-mkimage", "--format=i386-pc", "--prefix=/boot/grub", f"--config={early}"]
    run([*argv, f"--output={core}", *_MODULES])
    stage = core.read_bytes()
    core.unlink()
    early.unlink()
    return stage


def _install_loader(disk: Path, core: bytes) -> None:
    """Write GRUB as its own installer does: the second stage's place into the first one's code."""
    boot = bytearray(Path("/usr/lib/grub/i386-pc/boot.img").read_bytes())
    struct.pack_into("<Q", boot, _KERNEL_SECTOR, _CORE)
    stage = bytearray(core)
    struct.pack_into("<Q", stage, _BLOCK_LIST, _CORE + 1)
    if len(stage) > (_ROOT - _CORE) * _SECTOR:
        raise ValueError(f"GRUB's second stage has {len(stage)} bytes: more than its partition")
    with disk.open("r+b") as file:
        table = file.read(_SECTOR)[440:]  # disk's signature and partitions
        file.seek(0)
        file.write(bytes(boot[:440]) + table)
        file.seek(_CORE * _SECTOR)
        file.write(stage)
