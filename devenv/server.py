"""Odoo and the simulator as processes: started, waited for, stopped, and nothing else touched."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from devenv import odoo_source
from devenv.console import Problem, run_logged
from devenv.paths import CACHE, DATA, LOGS, ODOO_CONF, REPO, SIMULATOR

ODOO_HOST = "127.0.0.1"
# Another site than Odoo's to a browser, as UPS is.
SIMULATOR_HOST = "localhost"
CALLBACK = "/ups_pickup_oauth/callback"
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def write_config() -> Path:
    """The options that every Odoo started here shares; PostgreSQL comes by PGHOST."""
    options = {
        "addons_path": f"{odoo_source.ensure().addons_path},{REPO}",
        "data_dir": DATA,
        "http_interface": ODOO_HOST,
        "list_db": False,
        "max_cron_threads": 1,
    }
    DATA.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{key} = {value}\n" for key, value in options.items())
    _write_if_changed(ODOO_CONF, f"[options]\n{lines}")
    return ODOO_CONF


def _write_if_changed(path: Path, text: str) -> None:
    """Replaced at once, since another command may be reading it."""
    if path.exists() and path.read_text() == text:
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text)
    beside.replace(path)


def odoo_command(database: str, *options: str, subcommand: str = "server") -> list[str]:
    common = [f"--config={write_config()}", f"--database={database}"]
    return [sys.executable, "-m", "odoo", subcommand, *common, *options]


def run_once(database: str, *options: str, log_name: str, **kwargs) -> Path:
    """An Odoo that does one thing and ends; returns its log."""
    log = LOGS / f"{log_name}.log"
    run_logged(odoo_command(database, *options), log, cwd=REPO, **kwargs)
    return log


# --- ports ---


def free_port(host: str = ODOO_HOST) -> int:
    with socket.create_server((host, 0)) as listener:
        return listener.getsockname()[1]


def require_free_port(host: str, port: int, variable: str) -> None:
    """A server that was killed a moment ago may still be leaving, so it is asked for a while."""
    deadline = time.monotonic() + 3
    while _is_taken(host, port):
        if time.monotonic() > deadline:
            raise Problem(
                f"Port {port} on {host} is taken: stop what listens there, "
                f"or choose another one with `make run {variable}={port + 1}`."
            )
        time.sleep(0.2)


def _is_taken(host: str, port: int) -> bool:
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            socket.create_server(address[:2], family=family).close()
        except OSError as error:
            if error.errno == 98:
                return True
    return False


# --- processes ---


class Process:
    """A child in a session of its own: the terminal's Ctrl-C reaches only us, and we end it."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str],
                 on_line: Callable[[str], None] | None = None) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._popen = subprocess.Popen(
            command,
            cwd=REPO,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self._reader = threading.Thread(target=self._keep_log, args=(on_line,), daemon=True)
        self._reader.start()

    def _keep_log(self, on_line: Callable[[str], None] | None) -> None:
        with self.log.open("w") as log:
            for line in self._popen.stdout:
                log.write(line)
                log.flush()
                if on_line:
                    on_line(line)

    def wait(self, seconds: float | None = None) -> int:
        return self._popen.wait(seconds)

    def wait_until_ready(self, url: str, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not _answers(url):
            if self._popen.poll() is not None:
                self._reader.join(5)
                tail = self.log.read_text(errors="replace").splitlines()[-15:]
                raise Problem("\n".join([*tail, f"{self.name} ended at once; its log: {self.log}"]))
            if time.monotonic() > deadline:
                raise Problem(f"{self.name} did not answer in {seconds:.0f} s; its log: {self.log}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask it to end, and insist after ten seconds, with its workers."""
        if self._popen.poll() is None:
            self._popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        self._reader.join(5)


def die_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """On Linux the kernel ends this process with its parent, even one that was killed."""
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal_number)


@contextlib.contextmanager
def started(process: Process, url: str) -> Iterator[Process]:
    try:
        process.wait_until_ready(url)
        yield process
    finally:
        process.stop()


def simulator(port: int, client_id: str, client_secret: str, odoo_url: str):
    """The stand-in for UPS; the secret goes by the environment, out of the process list."""
    command = [sys.executable, str(SIMULATOR), "--host", SIMULATOR_HOST, "--port", str(port)]
    command += ["--client-id", client_id, "--redirect-uri", odoo_url + CALLBACK]
    environment = {"UPS_SIMULATOR_CLIENT_SECRET": client_secret, "PYTHONUNBUFFERED": "1"}
    log = LOGS / f"simulator-{port}.log"
    process = Process("The simulator", command, log, environment)
    return started(process, f"http://{SIMULATOR_HOST}:{port}/")


def odoo(database: str, port: int, *options: str, environment: dict[str, str],
         on_line: Callable[[str], None] | None = None):
    command = odoo_command(
        database, f"--http-port={port}", f"--gevent-port={free_port()}", *options
    )
    log = LOGS / f"odoo-{database}.log"
    process = Process("Odoo", command, log, environment, on_line)
    return started(process, f"http://{ODOO_HOST}:{port}/web/health")


def _answers(url: str) -> bool:
    """Any answer counts, a refusal too: it shows that someone listens."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
