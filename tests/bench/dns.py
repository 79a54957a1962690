"""Answers a second of one core: the province's resolver, and the same daemon as Debian has it.

Both run beside the one that serves, on ports of their own; the default one is told of the
province's zone and of its key, without which it could answer nothing here.
"""

from __future__ import annotations

import re
import statistics
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.provision.reach import Reach
from giaoban.twin import names
from giaoban.twin.enter import demand_init, run_inside
from giaoban.twin.inside import inside_argv
from giaoban.twin.nodes import Box
from giaoban.twin.paths import NETNS, TwinPaths
from giaoban.waiting import wait_until
from tests.bench import figure
from tests.bench.running import Failed

SERVER = "sv-dns-1"
ROUNDS = 3
SECONDS = 4  # of one measurement
_OURS, _DEBIANS = 5398, 5399
_MADE = "/run/giaoban-bench"
_MAKE = f"""set -e
mkdir -p {_MADE}
ours=/etc/unbound/unbound.conf.d/giaoban.conf
sed -e 's/port: 53$/port: {_OURS}/' -e 's/num-threads: .*/num-threads: 1/' $ours >{_MADE}/{_OURS}
{{
    cat /etc/unbound/unbound.conf.d/root-auto-trust-anchor-file.conf
    echo 'server:'
    echo '    port: {_DEBIANS}'
    echo '    do-not-query-localhost: no'
    grep -E '^ *(trust-anchor|local-zone):' $ours
    awk '/^stub-zone:/ {{ on = 1 }} /^forward-zone:/ {{ on = 0 }} on' $ours
}} >{_MADE}/{_DEBIANS}
for port in {_OURS} {_DEBIANS}; do
    {{
        echo 'server:'
        echo '    pidfile: {_MADE}/'$port.pid
        echo '    use-syslog: no'
        echo 'remote-control:'
        echo '    control-enable: no'
    }} >>{_MADE}/$port
done
"""


def bench_dns(paths: TwinPaths, inventory: Path) -> None:
    """Measure both in turn and print both, and how much more ours answers."""
    box = Box(paths, SERVER)
    made = run_inside(box, ["sh", "-c", _MAKE])
    if made.returncode != 0:
        raise Failed(made.stderr)
    with TemporaryDirectory() as scratch:
        questions = Path(scratch) / "questions"
        questions.write_text(_questions(inventory))
        rates: dict[int, list[float]] = {_OURS: [], _DEBIANS: []}
        for _ in range(ROUNDS):
            for port, found in rates.items():
                found.append(_rate(box, port, questions))
    ours, debians = (statistics.median(rates[port]) for port in (_OURS, _DEBIANS))
    figure("DNS answers a second on one core", ours, "1/s")
    figure("the same daemon with Debian's configuration", debians, "1/s")
    figure("ratio ours / Debian's", ours / debians, "")


def _questions(inventory: Path) -> str:
    plan = build(load(Reach.read(inventory).intent))
    domain = plan.intent.province.domain
    return "".join(f"{name}.{domain} {kind}\n" for name in plan.devices for kind in ("A", "AAAA"))


def _rate(box: Box, port: int, questions: Path) -> float:
    started = ["taskset", "-c", "0", "unbound", "-d", "-c", f"{_MADE}/{port}"]
    daemon = subprocess.Popen(
        inside_argv(demand_init(box), started),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        here = ["nsenter", f"--net={NETNS / names.namespace(box.paths.name, box.name)}"]
        ask = ["dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", str(questions), "-c", "4"]
        first = [*here, *ask, "-n", "1", "-t", "2"]
        if not wait_until(lambda: "Queries completed:    0" not in _said(first), seconds=20):
            raise Failed(f"the resolver on port {port} did not answer within 20 s")
        said = _said([*here, "taskset", "-c", "1", *ask, "-l", str(SECONDS), "-q", "200"])
        found = re.search(r"Queries per second:\s+([0-9.]+)", said)
        if found is None:
            raise Failed(said)
        return float(found[1])
    finally:
        run_inside(box, ["sh", "-c", f"kill $(cat {_MADE}/{port}.pid)"])
        daemon.wait(timeout=20)


def _said(argv: list[str]) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout
