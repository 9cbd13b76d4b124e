"""What the rows share: databases, Odoo processes, UPS, and the peers' hosts; all on loopback."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from cryptography.fernet import Fernet

import tests.plain_python  # noqa: F401  it says where the simulator is
from devenv import addons, database, odoo_source, server
from devenv.paths import LOGS, REPO
from devenv.ports import free_port
from devenv.processes import Process, until_stopped
from tests.bench.odoo_process import OdooProcess

# isort: split
from ups_simulator_control import SimulatorControl

_HERE = Path(__file__).parent


class Stage(ExitStack):
    """Everything that is started on it ends with it."""

    def __init__(self) -> None:
        super().__init__()
        # A copy for each row, so that none sees what another one left.
        self.database = f"{database.BENCH}_row"
        database.copy(database.BENCH, self.database)
        self.callback(database.drop, self.database)
        self.odoo_port = free_port()
        self.environment = {
            "UPS_CLIENT_ID": server.SIMULATOR_CLIENT_ID,
            "UPS_CLIENT_SECRET": server.SIMULATOR_CLIENT_SECRET,
            "UPS_ENVIRONMENT": "cie",
            "NO_PROXY": "localhost,127.0.0.1",
            "UPS_TOKEN_KEYS": Fernet.generate_key().decode(),
        }

    @property
    def odoo_url(self) -> str:
        return server.odoo_url(self.odoo_port)

    def odoo_pair(self) -> tuple[OdooProcess, OdooProcess]:
        """:return: an Odoo with its own modules, and one with our addons beside them."""
        plain, addon = f"{database.BENCH}_plain", f"{database.BENCH}_addon"
        for name in (plain, addon):
            database.make_without_addons(name)
            self.callback(database.drop, name)
        server.update(addon, "--init", addons.listed())
        return self.odoo_process(plain), self.odoo_process(addon)

    def simulator(self) -> SimulatorControl:
        """UPS, to which Odoo processes that start later go."""
        port = free_port(server.SIMULATOR_HOST)
        self.enter_context(server.simulator(port, self.odoo_port, verbose=False))
        self.environment["UPS_BASE_URL"] = server.simulator_url(port)
        return SimulatorControl(server.simulator_url(port))

    def peers_host(self, seconds: float) -> str:
        """:return: the URL of the peers' remote, which answers that late."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, str(_HERE / "peers_host.py"), str(port), str(seconds)]
        process = Process("The peers' host", command, LOGS / "bench-peers.log", os.environ)
        self.enter_context(until_stopped(process, f"{url}/_calls"))
        self.environment["BENCH_PEERS_HOST"] = url
        return url

    def odoo_process(self, name: str | None = None, *options: str) -> OdooProcess:
        """An Odoo that runs functions, in this database or another one."""
        options += self._peers_options()
        return self.enter_context(OdooProcess(name or self.database, self.environment, *options))

    def odoo_server(self, *options: str) -> str:
        """:return: the URL of an Odoo that serves; administrator's login admin, password admin."""
        options += self._peers_options()
        self.enter_context(
            server.odoo(self.database, self.odoo_port, *options, environment=self.environment)
        )
        return self.odoo_url

    def _peers_options(self) -> tuple[str, ...]:
        if "BENCH_PEERS_HOST" not in self.environment:
            return ()
        addons_path = f"{odoo_source.ensure().addons_path},{REPO},{_HERE / 'addons'}"
        return f"--addons-path={addons_path}", "--load=base,rpc,web,peers_on_loopback"
