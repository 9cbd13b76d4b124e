"""Child processes: started, waited for, stopped; and none outlives the command that started it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from devenv.console import Problem
from devenv.paths import REPO

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Loaded here, since little is safe between fork and exec.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """On Linux the kernel ends this process with its parent, even with one that was killed."""
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal_number)


class Process:
    """A server in a session of its own: the terminal's Ctrl-C reaches only us, and we end it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._popen = subprocess.Popen(
            command,
            cwd=REPO,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.pid = self._popen.pid
        self._reader = threading.Thread(target=self._keep_log, args=(on_line,), daemon=True)
        self._reader.start()

    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def wait(self) -> int:
        """Until it ends; :return: its exit code."""
        code = self._popen.wait()
        self._reader.join()
        return code

    def wait_until_ready(self, url: str, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not _answers(url):
            if self.has_ended():
                self._reader.join(5)
                said = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
                raise Problem(f"{said}\n{self.name} ended at once; see {self.log}")
            if time.monotonic() > deadline:
                raise Problem(f"{self.name} did not answer in {seconds:.0f} s; see {self.log}")
            time.sleep(0.1)

    def stop(self) -> None:
        _end(self._popen, signal.SIGTERM, 10)
        self._reader.join(5)

    def _keep_log(self, on_line: Callable[[str], None] | None) -> None:
        with self.log.open("w") as log:
            for line in self._popen.stdout:
                log.write(line)
                log.flush()
                if on_line:
                    on_line(line)


@contextlib.contextmanager
def until_stopped(process: Process, url: str) -> Iterator[Process]:
    """Wait until the server answers at `url`, and end it when the context ends."""
    try:
        process.wait_until_ready(url)
        yield process
    finally:
        process.stop()


def run_stage(command: Sequence[object], *, minutes: float = 20, **kwargs) -> int:
    """Run a command that owns processes, and let it end them when we are told to end."""
    child = subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        **kwargs,
    )
    try:
        return child.wait(minutes * 60)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGQUIT)  # Odoo writes what each thread does into its log
        time.sleep(2)
        raise Problem(f"It did not end within {minutes:.0f} minutes.") from None
    finally:
        _end(child, signal.SIGINT, 15)


def _end(child: subprocess.Popen, signal_number: int, seconds: int) -> None:
    """Ask it to end, and insist after so long; what it started is in its process group."""
    if child.poll() is None:
        child.send_signal(signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _answers(url: str) -> bool:
    """Any answer counts, a refusal too: it shows that someone listens."""
    # Not by the person's proxy, which knows nothing of this machine's ports.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
