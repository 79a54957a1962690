"""A server as libvirt's domain XML, and back. Pure.

What libvirt has no place for is in the domain's `<metadata>`, in a namespace of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as ET

from giaoban.datacentre.specs import ServerSpec
from giaoban.image.disk import SEED_SERIAL

NAMESPACE = "urn:giaoban:server:1"
PREFIX = "giaoban"
_RECORD = f"{{{NAMESPACE}}}server"
_MIB = 2**20  # bytes; QEMU gives memory by the MiB
_SEED_TARGET = "vdb"

ET.register_namespace(PREFIX, NAMESPACE)


@dataclass(frozen=True, slots=True)
class Record:
    """What a domain's metadata says: who made it, whether to its end, and what was asked for."""

    made_by: str
    whole: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Machine:
    """A domain as found: `memory` in bytes, `mac` and `port` of its first interface.

    Its first disk is the device `target`: a volume of a pool, or else the file `disk_file`.
    """

    name: str
    cpus: int
    memory: int
    mac: str
    port: str
    pool: str
    volume: str
    disk_file: str
    target: str
    macs: tuple[str, ...]
    ports: tuple[str, ...]
    record: Record | None


def disk_name(server: str) -> str:
    """Give the volume of a server's disk."""
    return f"{server}.qcow2"


def seed_name(server: str) -> str:
    """Give the volume with the files of a server's first boot; gone once they were taken."""
    return f"{server}-first-boot.tar"


def domain_xml(spec: ServerSpec, record: Record, pool: str, kind: str) -> str:
    """Give the domain of a server, its first boot before it.

    Args:
        spec: what it is asked to be.
        record: what its metadata is to say.
        pool: the storage pool of its disk.
        kind: `kvm`, or `qemu` where the processor is emulated.

    """
    domain = ET.Element("domain", type=kind)
    _text(domain, "name", spec.name)
    metadata = ET.SubElement(domain, "metadata")
    metadata.append(_record_element(record))
    _text(domain, "memory", str(spec.memory), unit="bytes")
    _text(domain, "vcpu", str(spec.cpus))
    system = ET.SubElement(domain, "os")
    _text(system, "type", "hvm", arch="x86_64", machine="q35")
    ET.SubElement(system, "boot", dev="hd")
    features = ET.SubElement(domain, "features")
    ET.SubElement(features, "acpi")
    ET.SubElement(features, "apic")
    if kind == "kvm":
        ET.SubElement(domain, "cpu", mode="host-model")
    ET.SubElement(domain, "clock", offset="utc")
    for event, action in (("poweroff", "destroy"), ("reboot", "restart"), ("crash", "restart")):
        _text(domain, f"on_{event}", action)
    devices = ET.SubElement(domain, "devices")
    devices.append(_disk(pool, disk_name(spec.name), "qcow2", "vda"))
    devices.append(_seed(pool, spec.name))
    devices.append(_interface(spec))
    ET.SubElement(devices, "serial", type="pty")
    ET.SubElement(devices, "controller", type="usb", model="none")
    ET.SubElement(devices, "memballoon", model="none")
    rng = ET.SubElement(devices, "rng", model="virtio")
    _text(rng, "backend", "/dev/urandom", model="random")
    ET.indent(domain)
    return ET.tostring(domain, encoding="unicode") + "\n"


def seed_xml(pool: str, server: str) -> str:
    """Give the device with the files of the first boot."""
    return ET.tostring(_seed(pool, server), encoding="unicode")


def record_xml(record: Record) -> str:
    """Give the element of our metadata as libvirt wants it set: it adds the namespace itself."""
    return ET.tostring(_record_element(record, "server"), encoding="unicode")


def has_seed(xml: str) -> bool:
    """Tell whether a domain still has the device with the files of the first boot."""
    return any(each.text == SEED_SERIAL for each in ET.fromstring(xml).iter("serial"))  # noqa: S314 - libvirt's own


def machine_of(xml: str) -> Machine:
    """Read a domain's XML; what is not there is empty."""
    domain = ET.fromstring(xml)  # noqa: S314 - libvirt's own
    interfaces = domain.findall("./devices/interface")
    macs = tuple(_attribute(each, "mac", "address") for each in interfaces)
    ports = tuple(_attribute(each, "target", "dev") for each in interfaces)
    disk = domain.find("./devices/disk[@device='disk']")
    return Machine(
        name=domain.findtext("name", ""),
        cpus=int(domain.findtext("vcpu", "0")),
        memory=int(domain.findtext("memory", "0")) * 1024,
        mac=next(iter(macs), ""),
        port=next(iter(ports), ""),
        pool="" if disk is None else _attribute(disk, "source", "pool"),
        volume="" if disk is None else _attribute(disk, "source", "volume"),
        disk_file="" if disk is None else _attribute(disk, "source", "file"),
        target="" if disk is None else _attribute(disk, "target", "dev"),
        macs=macs,
        ports=ports,
        record=_record(domain),
    )


def changed_xml(
    xml: str, spec: ServerSpec, record: Record, place: tuple[str, str] | None = None
) -> str:
    """Give a domain's XML with what a server is asked to be; what else is in it stays.

    `place` are the pool and the volume of a disk that somebody gave as a file.
    """
    domain = ET.fromstring(xml)  # noqa: S314 - libvirt's own
    for name, text in (("memory", str(spec.memory)), ("vcpu", str(spec.cpus))):
        element = _child(domain, name)
        element.text = text
        element.attrib.pop("current", None)
    _child(domain, "memory").set("unit", "bytes")
    for element in domain.findall("currentMemory"):
        domain.remove(element)
    devices = _child(domain, "devices")
    interface = devices.find("interface")
    if interface is None:
        devices.append(_interface(spec))
    else:
        _lead_to_the_switch(interface)
        _child(interface, "mac").set("address", spec.mac)
        _child(interface, "target").set("dev", spec.port)
    disk = devices.find("disk[@device='disk']")
    if disk is not None and disk.get("type") == "file" and place is not None:
        disk.set("type", "volume")
        source = _child(disk, "source")
        source.attrib.clear()
        source.attrib.update(pool=place[0], volume=place[1])
    metadata = _child(domain, "metadata")
    for element in metadata.findall(_RECORD):
        metadata.remove(element)
    metadata.append(_record_element(record))
    return ET.tostring(domain, encoding="unicode")


def _lead_to_the_switch(interface: ET.Element) -> None:
    """Have an interface that somebody plugged into a bridge or a network be a port of its own."""
    interface.set("type", "ethernet")
    for kind in ("source", "virtualport", "vlan", "portgroup"):
        for element in interface.findall(kind):
            interface.remove(element)


def fits(machine: Machine, spec: ServerSpec) -> bool:
    """Tell whether a domain's hardware is as asked for."""
    seen = seen_as_asked(machine, spec)
    return (seen.cpus, seen.memory, seen.mac, seen.port) == (
        spec.cpus,
        spec.memory,
        spec.mac,
        spec.port,
    )


def seen_as_asked(machine: Machine, asked: ServerSpec) -> Machine:
    """Give a machine with its memory as asked for where no more than rounding differs."""
    rounded = 0 <= machine.memory - asked.memory < _MIB
    return replace(machine, memory=asked.memory) if rounded else machine


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _child(parent: ET.Element, name: str) -> ET.Element:
    found = parent.find(name)
    return ET.SubElement(parent, name) if found is None else found


def _attribute(parent: ET.Element, child: str, name: str) -> str:
    found = parent.find(child)
    return "" if found is None else found.get(name, "")


def _disk(pool: str, volume: str, form: str, target: str) -> ET.Element:
    disk = ET.Element("disk", type="volume", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type=form, discard="unmap")
    ET.SubElement(disk, "source", pool=pool, volume=volume)
    ET.SubElement(disk, "target", dev=target, bus="virtio")
    return disk


def _seed(pool: str, server: str) -> ET.Element:
    disk = _disk(pool, seed_name(server), "raw", _SEED_TARGET)
    _text(disk, "serial", SEED_SERIAL)
    return disk


def _interface(spec: ServerSpec) -> ET.Element:
    # No bridge, no vlan: Open vSwitch knows the port by its name, and what it may do.
    interface = ET.Element("interface", type="ethernet")
    ET.SubElement(interface, "mac", address=spec.mac)
    ET.SubElement(interface, "target", dev=spec.port)
    ET.SubElement(interface, "model", type="virtio")
    return interface


def _record_element(record: Record, tag: str = _RECORD) -> ET.Element:
    element = ET.Element(tag, made_by=record.made_by, whole="yes" if record.whole else "no")
    element.text = json.dumps(dict(record.settings), sort_keys=True, ensure_ascii=False)
    return element


def _record(domain: ET.Element) -> Record | None:
    element = domain.find(f"./metadata/{_RECORD}")
    if element is None:
        return None
    settings = json.loads(element.text or "{}")
    return Record(element.get("made_by", ""), element.get("whole") == "yes", settings)
