"""Servers on KVM hypervisors, over libvirt: domains, and volumes of one storage pool each."""

from giaoban.datacentre.backends.libvirt.backend import LibvirtBackend

__all__ = ["LibvirtBackend"]
