"""The data centre as an ordinary Pulumi project; `giaoban dc` runs this same program."""

from pathlib import Path

from components import DataCentre

import pulumi
from giaoban.datacentre.design import demand_policy, read_design

design = read_design(Path(__file__).parent / pulumi.Config("giaoban").require("inventory"))
demand_policy(design)
centre = DataCentre(design)
pulumi.export("inventory", centre.inventory)
