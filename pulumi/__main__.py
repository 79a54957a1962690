"""The data centre as an ordinary Pulumi project; `giaoban dc` runs this same program."""

from pathlib import Path

import pulumi

from components import DataCentre
from giaoban.datacentre.design import demand_policy, read_design
from giaoban.datacentre.resources import judge_servers, sentences, tell_of_adoptions

with sentences():
    inventory = Path(__file__).parent / pulumi.Config("giaoban").require("inventory")
    design = read_design(inventory)
    demand_policy(design)
    # First of all: also what is written below by hand is judged.
    judge_servers(design)
    tell_of_adoptions(design)
    pulumi.export("inventory", DataCentre(design).inventory)
