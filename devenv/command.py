"""Single steps for a developer: `python3 -m devenv exec COMMAND…` and `… fresh DATABASE`."""

import os
import signal
import subprocess

from devenv import database, postgres, server
from devenv.paths import REPO, VENV


def execute(*args: str) -> int:
    """Run any command with PostgreSQL up and the environment's programs on the PATH."""
    with postgres.running():
        server.write_config()
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        # The command shares our terminal and hears Ctrl-C itself; we wait for its answer to it.
        signal.signal(signal.SIGINT, lambda *_: None)
        return subprocess.run(
            args, cwd=REPO, env=os.environ | {"PATH": path}, check=False
        ).returncode


def fresh(*names: str) -> int:
    """Make databases anew, with all addons installed."""
    with postgres.running():
        for name in names:
            database.make_fresh(name)
    return 0
