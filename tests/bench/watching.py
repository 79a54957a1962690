"""What users notice while something is lost: services asked twice a second, by users' own tools."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from giaoban.twin.enter import demand_init
from giaoban.twin.inside import inside_argv
from giaoban.twin.nodes import Box
from giaoban.twin.paths import TwinPaths

STEP = 0.5  # seconds between two questions
PATIENCE = 15.0  # seconds after which a user has given up
LIMIT = 120.0  # seconds, whatever happens


@dataclass(frozen=True, slots=True)
class Service:
    """What users ask, from which node, and by which command; it succeeds when they are served."""

    name: str
    node: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: seconds after the loss when it was asked, how long it took, and its end."""

    asked: float
    took: float
    served: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """What users of one service noticed.

    `back` is how many seconds after the loss the last question ended that was not answered; None
    where all were.
    """

    tries: int
    failed: int
    longest: float
    back: float | None

    def __str__(self) -> str:
        if self.back is None:
            return f"0 of {self.tries}, at most {self.longest:.1f} s"
        return f"{self.failed} of {self.tries}, over after {self.back:.1f} s"


def noticed(answers: Sequence[Answer]) -> Noticed:
    """Sum up the answers to one service's users. Pure."""
    failed = [answer for answer in answers if not answer.served]
    return Noticed(
        tries=len(answers),
        failed=len(failed),
        longest=max((answer.took for answer in answers), default=0.0),
        back=max((answer.asked + answer.took for answer in failed), default=None),
    )


@dataclass
class Watch:
    """Asks services until it is told to stop, or LIMIT is over."""

    paths: TwinPaths
    services: Sequence[Service]
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    began: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it has been asking."""
        return time.monotonic() - self.began

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Ask meanwhile."""
        self.answers = {service.name: [] for service in self.services}
        self.began = time.monotonic()
        enough = threading.Event()
        askers = [
            threading.Thread(target=self._ask_on, args=(service, enough))
            for service in self.services
        ]
        for asker in askers:
            asker.start()
        try:
            yield
        finally:
            enough.set()
            for asker in askers:
                asker.join()

    def found(self) -> dict[str, Noticed]:
        """Give what the users of each service noticed."""
        return {name: noticed(answers) for name, answers in self.answers.items()}

    def served(self, service: Service) -> bool:
        """Ask once."""
        argv = inside_argv(demand_init(Box(self.paths, service.node)), service.command)
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def _ask_on(self, service: Service, enough: threading.Event) -> None:
        while not enough.is_set() and self.seconds < LIMIT:
            asked = time.monotonic()
            served = self.served(service)
            took = time.monotonic() - asked
            self.answers[service.name].append(Answer(asked - self.began, took, served))
            enough.wait(max(0.0, STEP - took))
