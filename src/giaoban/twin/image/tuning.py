"""What a factory image leaves out at boot, so that hundreds of nodes start on two cores.

A node's boot costs what it executes; a container needs no udev, no console and no disk checks.
Pure tables; `build` lays them into the images.
"""

from __future__ import annotations

from giaoban.image.factory import SSHD
from giaoban.twin.topology import Flavour

READY = "/run/giaoban-ready"

MASKED_GENERATORS = (
    "systemd-debug-generator",
    "systemd-fstab-generator",
    "systemd-getty-generator",
    "systemd-gpt-auto-generator",
    "systemd-hibernate-resume-generator",
    "systemd-rc-local-generator",
    "systemd-run-generator",
    "systemd-ssh-generator",
    "systemd-system-update-generator",
    "systemd-sysv-generator",
    "systemd-tpm2-generator",
)

MASKED_UNITS = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "dev-hugepages.mount",
    "dev-mqueue.mount",
    "dpkg-db-backup.timer",
    "fstrim.timer",
    "getty.target",
    "kmod-static-nodes.service",
    "ldconfig.service",
    "logrotate.timer",
    "ovs-record-hostname.service",
    "proc-sys-fs-binfmt_misc.automount",
    "remote-fs.target",
    "run-lock.mount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-ask-password-console.path",
    "systemd-ask-password-wall.path",
    "systemd-binfmt.service",
    "systemd-creds.socket",
    "systemd-firstboot.service",
    "systemd-hibernate-clear.service",
    "systemd-hostnamed.socket",
    "systemd-initctl.socket",
    "systemd-journal-catalog-update.service",
    "systemd-logind.service",
    "systemd-machine-id-commit.service",
    "systemd-modules-load.service",
    "systemd-network-generator.service",
    "systemd-networkd-persistent-storage.service",
    "systemd-networkd-wait-online.service",
    "systemd-pcrextend.socket",
    "systemd-pcrlock.socket",
    "systemd-pcrmachine.service",
    "systemd-pcrphase-sysinit.service",
    "systemd-pcrphase.service",
    "systemd-pstore.service",
    "systemd-random-seed.service",
    "systemd-remount-fs.service",
    "systemd-sysext.socket",
    "systemd-sysusers.service",
    "systemd-tmpfiles-clean.timer",
    "systemd-tmpfiles-setup-dev-early.service",
    "systemd-tmpfiles-setup-dev.service",
    "systemd-tpm2-setup-early.service",
    "systemd-tpm2-setup.service",
    "systemd-update-done.service",
    "systemd-user-sessions.service",
    "tmp.mount",
    "uuidd.socket",
)

# Configuration enables these where it uses them. FRR without one would be half of a router's boot.
DISABLED_UNITS = (
    "chrony.service",
    "rsyslog.service",
    "dnsmasq.service",
    "frr.service",
    "keepalived.service",
)
ENABLED_UNITS = (
    "giaoban-ready.socket",
    "nftables.service",
    "ssh.service",
    "systemd-networkd.service",
)

_READY_UNIT = f"""\
# The last unit of the boot: systemd makes the FIFO itself, which the twin sees without a process.
[Unit]
Description=Tells the twin that this node is up
After=ssh.service frr.service openvswitch-switch.service systemd-networkd.service nftables.service
DefaultDependencies=no
[Socket]
ListenFIFO={READY}
Service=giaoban-ready.service
[Install]
WantedBy=multi-user.target
"""

_JOURNAL = """\
[Journal]
Storage=volatile
RuntimeMaxUse=4M
RuntimeMaxFileSize=1M
ReadKMsg=no
Audit=no
"""

_MANAGER = """\
[Manager]
DefaultTimeoutStopSec=10s
DefaultMemoryAccounting=no
DefaultTasksAccounting=no
DefaultCPUAccounting=no
DefaultIOAccounting=no
"""

# Clocks are shared with the machine: a node keeps its hands off.
_CHRONY = """\
[Unit]
ConditionCapability=
[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS
"""

_OVSDB = """\
[Service]
RuntimeDirectory=openvswitch
RuntimeDirectoryPreserve=yes
ExecStart=
ExecStart=/usr/sbin/ovsdb-server /etc/openvswitch/conf.db --no-chdir -vconsole:emer -vsyslog:err \
 -vfile:off --remote=punix:/run/openvswitch/db.sock \
 --remote=db:Open_vSwitch,Open_vSwitch,manager_options \
 --pidfile=/run/openvswitch/ovsdb-server.pid --detach
"""

_VSWITCHD = """\
[Service]
ExecStart=
ExecStart=/usr/sbin/ovs-vswitchd unix:/run/openvswitch/db.sock --no-chdir -vconsole:emer \
 -vsyslog:err -vfile:off --pidfile=/run/openvswitch/ovs-vswitchd.pid --detach
"""

_NO_SSHD_TEST = "[Service]\nExecStartPre=\n"

_FILES: dict[str, str] = {
    "usr/lib/systemd/system/giaoban-ready.socket": _READY_UNIT,
    "usr/lib/systemd/system/giaoban-ready.service": "[Service]\nExecStart=/bin/true\n",
    "usr/lib/systemd/journald.conf.d/05-factory.conf": _JOURNAL,
    "usr/lib/systemd/system.conf.d/05-factory.conf": _MANAGER,
    "usr/lib/systemd/system/chrony.service.d/05-factory.conf": _CHRONY,
    "usr/lib/systemd/system/ssh.service.d/05-factory.conf": _NO_SSHD_TEST,
    "etc/ssh/sshd_config.d/90-factory.conf": SSHD,
    "etc/.updated": "",
    "var/.updated": "",
}
_OVS_FILES: dict[str, str] = {
    "usr/lib/systemd/system/ovsdb-server.service.d/05-factory.conf": _OVSDB,
    "usr/lib/systemd/system/ovs-vswitchd.service.d/05-factory.conf": _VSWITCHD,
}
HAS_OVS: frozenset[Flavour] = frozenset(("router", "switch"))

# Run in the image's root once its packages are there.
_BASE_COMMANDS = (
    "rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/machine-id /etc/hostname",
    "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /usr/share/doc /usr/share/man",
    "systemctl set-default multi-user.target",
    "ln -sf /dev/null /etc/tmpfiles.d/systemd-nologin.conf",
)
_OVS_COMMANDS = (
    "rm -f /etc/openvswitch/conf.db /etc/openvswitch/.conf.db.~lock~",
    "ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema",
    (
        "ovsdb-tool transact /etc/openvswitch/conf.db"
        """ '["Open_vSwitch", {"op": "insert", "table": "Open_vSwitch", "row": {}}]'"""
    ),
)
_WORKSTATION_COMMANDS = (
    # Debian ships a group `operator` (gid 37) without a user of that name.
    "useradd --create-home --gid operator --shell /bin/bash operator",
    "useradd --create-home --user-group --shell /bin/bash observer",
    "printf 'operator ALL=(ALL) NOPASSWD: ALL\\n' > /etc/sudoers.d/operator",
)


def base_files() -> dict[str, str]:
    """Give the files of the base layer, relative to its root."""
    return _FILES


def base_links() -> dict[str, str]:
    """Give the symbolic links of the base layer: what is masked."""
    units = {f"etc/systemd/system/{unit}": "/dev/null" for unit in MASKED_UNITS}
    generators = {
        f"etc/systemd/system-generators/{generator}": "/dev/null" for generator in MASKED_GENERATORS
    }
    return units | generators


def base_commands() -> tuple[str, ...]:
    """Give what is run in the base layer's root, in order."""
    return (
        *_BASE_COMMANDS,
        f"systemctl disable {' '.join(DISABLED_UNITS[:2])}",
        f"systemctl enable {' '.join(ENABLED_UNITS)}",
    )


def flavour_files(flavour: Flavour) -> dict[str, str]:
    """Give the files that a flavour adds."""
    return _OVS_FILES if flavour in HAS_OVS else {}


def flavour_commands(flavour: Flavour) -> tuple[str, ...]:
    """Give what is run in a flavour's root, in order."""
    commands: tuple[str, ...] = ()
    if flavour == "router":
        commands += (f"systemctl disable {' '.join(DISABLED_UNITS[2:])}",)
    if flavour in HAS_OVS:
        commands += _OVS_COMMANDS
    if flavour == "workstation":
        commands += _WORKSTATION_COMMANDS
    return commands
