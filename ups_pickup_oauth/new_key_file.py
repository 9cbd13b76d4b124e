"""A key file, made whole or not at all, also when several processes start at once."""

import contextlib
import os
import tempfile

from cryptography.fernet import Fernet


def create(path):
    """Make a file with a new Fernet key, for this user alone, unless there is one.

    :param str path: where; its folder is made, too.
    :raise OSError: if it cannot be made.
    """
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    # mkstemp makes the file with mode 0600. A link, unlike a rename, never replaces a key that
    # another worker made in the meantime: the first one wins, everybody reads it.
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
