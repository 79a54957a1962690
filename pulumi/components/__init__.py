"""What the data centre is built of: groups of servers, slots of applications, and the whole."""

from components.data_centre import DataCentre
from components.server_group import ServerGroup
from components.service_slot import ServiceSlot

__all__ = ["DataCentre", "ServerGroup", "ServiceSlot"]
