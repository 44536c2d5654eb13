"""What several hosts publish in turn, each into a tree of its own, is what a build from scratch publishes."""

import tempfile
from pathlib import Path
from random import Random

from hypothesis import given

from events.store.base import Address
from feed.ledger_table import ledger_table, with_ledger
from feed.paths import CONFIG_NAME
from feed.publishing.residents import Residents
from feed.site import Site
from tests.builders import newsroom
from tests.postgres import Server
from tests.properties.player import Step
from tests.properties.strategies import RANDOMS, runs, step_lists
from tests.properties.two_stories import Desk

HOSTS = 3


class Hosts(Desk):
    """A newsroom in PostgreSQL that one of several hosts publishes, each time another one."""

    def __init__(self, folder: Path, random: Random, address: Address) -> None:
        self._address = address
        self._hosts: list[Site] = []
        super().__init__(folder / "first", random)
        self._hosts = [self._host(folder / f"host{number}") for number in range(HOSTS)]

    def publish(self) -> None:
        self.site = self.random.choice(self._hosts)
        super().publish()

    def make(self, folder: Path) -> Site:
        site = newsroom(folder, self.clock)
        text = with_ledger(site.config_text, ledger_table(*self._address))
        (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
        site = Site.open(folder, clock=self.clock)
        site.store(create=True).close()
        return site

    def _host(self, folder: Path) -> Site:
        site = self.make(folder)
        site.residents = Residents()
        return site


@runs(2, 300)
@given(step_lists(redactions=True, most=14), RANDOMS)
def test_hosts_in_turn_publish_what_a_rebuild_does(postgres_server: Server, drawn: list[Step], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Hosts(Path(folder), random, Address(postgres_server.url, f"s{random.getrandbits(60)}"))
        desk.play(drawn)
