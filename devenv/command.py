"""Run any command with PostgreSQL up: `python3 -m devenv exec pytest …`."""

import os
import subprocess

from devenv import database, postgres, server
from devenv.paths import REPO, VENV


def main(args: list[str]) -> int:
    with postgres.running():
        server.write_config()
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(args, cwd=REPO, env=os.environ | {"PATH": path}, check=False).returncode


def fresh(args: list[str]) -> int:
    with postgres.running():
        for name in args:
            database.make_fresh(name)
    return 0
