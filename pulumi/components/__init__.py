"""What the data centre is built of: groups of servers, and the whole."""

from components.data_centre import DataCentre
from components.server_group import ServerGroup

__all__ = ["DataCentre", "ServerGroup"]
