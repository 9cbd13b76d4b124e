"""Two Odoo servers on a PostgreSQL of their own, and UPS: as a company with two hosts has it."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

import tests.plain_python  # noqa: F401  it says where the simulator is
from devenv import database, postgres, server
from devenv.console import run_logged
from devenv.paths import ADDON, DATA, LOGS, SOAK
from devenv.ports import free_port
from tests.soak.odoo_host import OdooHost

# isort: split
from ups_pickup_simulator import UpsPickupSimulator

WORKERS = 2
ACCESS_LIFETIME = 3600  # seconds of UPS's
LIFETIMES = {"access_token_lifetime": ACCESS_LIFETIME, "refresh_token_lifetime": 4 * 3600}


@dataclass(frozen=True)
class Site:
    """What the soak works on. PostgreSQL answers to libpq's defaults while it stands."""

    ups: UpsPickupSimulator
    cluster: postgres.Cluster
    hosts: list[OdooHost]
    keys: Path  # the folder of the key file, which the hosts share
    logs: dict[str, Path]

    def sql(self, query: str, *parameters: object) -> list[tuple]:
        return database.run(database.SOAK, query, *parameters)

    @contextmanager
    def read_only_keys(self) -> Iterator[None]:
        self.keys.chmod(0o500)
        try:
            yield
        finally:
            self.keys.chmod(0o700)

    def unseal(self, sealed: str | None) -> str:
        """Open what the addon has sealed, with the key that it made."""
        (file,) = self.keys.glob("*.key")
        return Fernet(file.read_bytes()).decrypt(sealed).decode() if sealed else ""


@contextmanager
def standing() -> Iterator[Site]:
    with ExitStack() as stack:
        dump = _dump()
        cluster = stack.enter_context(_own_postgres(dump))
        ports = [free_port(), free_port()]
        url = server.odoo_url(ports[0])
        credentials = server.SIMULATOR_CLIENT_ID, server.SIMULATOR_CLIENT_SECRET
        ups = UpsPickupSimulator(*credentials, [url + server.CALLBACK], **LIFETIMES)
        stack.enter_context(ups)
        database.set_address(database.SOAK, url)  # whichever host the person came from
        # No program that is started from now on writes where the modes forbid it, root's neither:
        # prctl(2), PR_CAPBSET_DROP of CAP_DAC_OVERRIDE. Others than root may not, and need not.
        ctypes.CDLL(None).prctl(24, 1)
        keys = SOAK / "keys"
        keys.mkdir(mode=0o700)
        logs = {"PostgreSQL": cluster.log}
        logs |= {f"Odoo {number}": LOGS / f"soak-odoo-{number}.log" for number in (1, 2)}
        hosts = [
            stack.enter_context(_odoo(number, port, ups, logs[f"Odoo {number}"]))
            for number, port in enumerate(ports, 1)
        ]
        yield Site(ups, cluster, hosts, keys, logs)


def _dump() -> Path:
    """The database of the usual PostgreSQL's, which is not ours to restart."""
    shutil.rmtree(SOAK, ignore_errors=True)  # a PostgreSQL left behind ends without its folder
    SOAK.mkdir(parents=True)
    dump = SOAK / "database.dump"
    with postgres.running():
        database.make_current(database.SOAK)
        command = [postgres.programs() / "pg_dump", "--format=custom", "--compress=0"]
        run_logged([*command, f"--file={dump}", database.SOAK], LOGS / "soak-dump.log")
    return dump


@contextmanager
def _own_postgres(dump: Path) -> Iterator[postgres.Cluster]:
    cluster = postgres.Cluster(SOAK / "postgres")
    cluster.folder.mkdir()
    cluster.start()
    try:
        with cluster.by_default():
            # Nothing survives this run, so nothing has to reach the disk. PostgreSQL's own crashes
            # lose nothing by it, only the machine's would.
            database.run("postgres", "ALTER SYSTEM SET fsync = off")
            database.run("postgres", "SELECT pg_reload_conf()")
            database.run("postgres", f"CREATE DATABASE {database.SOAK} TEMPLATE template0")
            restore = [postgres.programs() / "pg_restore", "--no-owner", "--jobs=2"]
            run_logged([*restore, f"--dbname={database.SOAK}", dump], LOGS / "soak-restore.log")
            yield cluster
    finally:
        cluster.stop("immediate")


@contextmanager
def _odoo(number: int, port: int, ups: UpsPickupSimulator, log: Path) -> Iterator[OdooHost]:
    """A host with a data folder of its own; filestore and key file are shared (operating.md)."""
    folder = SOAK / f"host-{number}"
    folder.mkdir(mode=0o700)
    (folder / "filestore").symlink_to(DATA / "filestore")
    (folder / ADDON.name).symlink_to(SOAK / "keys")
    # No cron workers: each ends when PostgreSQL goes, and Odoo's master process ends with all its
    # workers when PostgreSQL is still away as it starts the next one. The clock starts the job.
    options = (f"--data-dir={folder}", f"--workers={WORKERS}", "--max-cron-threads=0")
    environment = {"UPS_BASE_URL": ups.base_url}
    with server.odoo(database.SOAK, port, *options, environment=environment, log=log) as process:
        yield OdooHost(server.odoo_url(port), database.SOAK, process.pid)


def machine() -> str:
    """Its size, and nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB of memory"
