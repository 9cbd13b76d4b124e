"""The door for make: prepare the environment, then go on in the environment's own Python."""

import os
import signal
import sys

from devenv import clean, odoo_source, python_packages
from devenv.console import Problem, exit_with_sentence
from devenv.locks import setup_lock
from devenv.paths import REPO
from devenv.processes import die_with_parent


def main(args: list[str]) -> None:
    if os.environ.get("MAKELEVEL"):
        # A killed make must not leave us serving; without make, the parent is the person's shell.
        die_with_parent(signal.SIGTERM)
    if os.geteuid() == 0:
        os.umask(0o022)  # PostgreSQL runs as another user, who must be able to read its programs
    try:
        if args == ["clean"]:
            sys.exit(clean.main())
        with setup_lock():
            source = odoo_source.ensure()
            python = python_packages.ensure(source.python_path)
    except Problem as problem:
        exit_with_sentence(problem)
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(REPO)
    # The same process goes on, so that signals and the exit code need no passing on.
    os.execv(python, [str(python), "-m", "devenv.commands", *args])


if __name__ == "__main__":
    main(sys.argv[1:])
