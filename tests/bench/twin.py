"""The whole province as a twin: boot, push, change, verify, with ratios taken in the same run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from giaoban.provision.reach import Reach
from giaoban.twin.paths import TwinPaths
from giaoban.verify.answers import Login, Question
from giaoban.verify.collect import collect, fleet_of
from giaoban.verify.doors import doors, plan_of, view_of
from giaoban.verify.transport import Session
from tests.bench import figure
from tests.bench.running import Failed, own_inventory, playbook, run, seconds, timed

SITE = "xa-dak-wil"
GROUP = "district_huyen_cu_jut"  # its routers stand for all: the usual way takes all a quarter hour
MEBIBYTE = 1024


def _available_mib() -> float:
    with Path("/proc/meminfo").open(encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if "MemAvailable" in line) / MEBIBYTE


def _bench_boot(paths: TwinPaths) -> None:
    free = _available_mib()
    took = seconds(lambda: run("giaoban", "twin", "up", "--all", "--name", paths.name))
    nodes = len(json.loads(paths.devices.read_text()))
    figure(f"twin up --all ({nodes} nodes)", took, "s")
    figure("memory a node, after boot", (free - _available_mib()) / nodes, "MiB")


def _bench_push(inventory: Path, intent: Path) -> None:
    figure("stage.yml: first generation of every box", timed(inventory, "stage.yml"), "s")
    figure("network.yml, first run in-band", timed(inventory, "network.yml"), "s")
    figure("network.yml, nothing to change", timed(inventory, "network.yml", changed=0), "s")
    _change_rate(intent)
    figure(
        "network.yml -l one site, one change", timed(inventory, "network.yml", "-l", _group()), "s"
    )


def _group() -> str:
    return SITE.replace("-", "_")


def _change_rate(intent: Path) -> None:
    """Give the site's first circuit another committed rate, as a person would."""
    file = intent / "circuits.yml"
    text = file.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if f"site: {SITE}," in line)
    file.write_text(text.replace(line, line.replace("rate: 20 Mbit/s", "rate: 25 Mbit/s")))


def _bench_usual(inventory: Path) -> None:
    limit = ("-l", f"routers:&{GROUP}")
    # Ours with everything to push again, so that both carry every file.
    ours = timed(inventory, "network.yml", *limit, "-e", "base__journal_max_mib=48")
    usual = seconds(lambda: playbook(inventory, "tests/bench/usual.yml", *limit))
    figure("routers' files: pushed, validated, activated, probed", ours, "s")
    figure("routers' files: a template task a file, nothing activated", usual, "s")
    figure("ratio usual way / ours", usual / ours, "")


class _Recording:
    """Passes questions on to the fleet and remembers what was asked of whom."""

    def __init__(self, fleet: object) -> None:
        self._fleet = fleet
        self.asked: dict[str, list[str]] = {}

    @property
    def logins(self) -> dict[str, Login]:
        return self._fleet.logins

    def ask(self, questions: Iterable[Question], heard: Callable[[str, str, str], None]) -> None:
        listed = list(questions)
        for question in listed:
            self.asked.setdefault(question.device, []).append(question.command)
        self._fleet.ask(listed, heard)

    def wait_for_busy(self) -> None:
        self._fleet.wait_for_busy()

    def close(self) -> None:
        self._fleet.close()


def _bench_verify(inventory: Path) -> None:
    reach = Reach.read(inventory)
    view = view_of(reach, plan_of(reach), None)
    ways = doors(reach, view)
    recording = _Recording(fleet_of(ways))
    ours = seconds(lambda: collect(view, recording))
    by_name = {door.device: door for door in ways}

    def serial() -> None:
        for device, commands in recording.asked.items():
            session = Session()
            extras = {"door": by_name[device], "patience": _Patience()}
            with suppress(OSError):
                session.open(None, None, None, None, None, extras)
                for command in commands:
                    session.ask(command)
                session.close()

    alone = seconds(serial)
    commands = sum(len(listed) for listed in recording.asked.values())
    figure(f"verify: {len(recording.asked)} devices, {commands} commands", ours, "s")
    figure("the same commands in a serial Netmiko loop", alone, "s")
    figure("ratio serial / verify", alone / ours, "")


class _Patience:
    seconds = 8.0


def main() -> None:
    """Measure everything on a twin of its own, and take it down."""
    paths = TwinPaths(f"bench-{os.getpid()}")
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        inventory, intent = own_inventory(folder, paths)
        try:
            _bench_boot(paths)
            _bench_push(inventory, intent)
            _bench_usual(inventory)
            _bench_verify(inventory)
        except Failed as failure:
            sys.exit(f"bench: {failure}")
        finally:
            run("giaoban", "twin", "down", "--name", paths.name)


if __name__ == "__main__":
    main()
