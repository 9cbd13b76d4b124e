"""A key file, made whole or not at all, also when several processes start at once."""

import contextlib
import logging
import os
import stat
import tempfile
import time

from cryptography.fernet import Fernet

_logger = logging.getLogger(__name__)
_LENGTH = len(Fernet.generate_key())
# Seconds between looks at a file that another worker is just writing.
_LOOKS = (0.01, 0.02, 0.05, 0.1, 0.2)


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
        _fill(handle)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        except OSError:
            # vfat, CIFS and others know no links, and say so by half a dozen numbers.
            _create_in_place(path)
    finally:
        os.unlink(temporary)


def read(path):
    """Read a key file, waiting a moment for another worker that is just writing it.

    :param str path: where.
    :return: its content, and whether other users of the server can read it.
    :rtype: tuple[bytes, bool]
    :raise OSError: if it cannot be read.
    """
    for pause in (*_LOOKS, 0):
        with open(path, "rb") as file:
            key = file.read().strip()
            is_open = _stays_open_to_others(file.fileno())
        if len(key) >= _LENGTH:
            break
        time.sleep(pause)
    return key, is_open


def can_be_private(path):
    """:return: whether a file made there for this user alone looks so; on vfat and CIFS none does.

    :param str path: of a file beside it.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path)) as file:
            return not _is_open_to_others(file.fileno())
    except OSError:
        return True


def _create_in_place(path):
    """For a moment the file is there and empty: :func:`read` waits for it."""
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _fill(handle)
        except OSError:
            os.unlink(path)
            raise


def _fill(handle):
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(file.fileno())


def _stays_open_to_others(handle):
    """A container's volume may be given to a group at each start, with all files in it: what only
    the group may read, of a file of ours, is taken back."""
    is_of_the_group_alone = not os.fstat(handle).st_mode & 0o007
    if _is_open_to_others(handle) and is_of_the_group_alone:
        with contextlib.suppress(OSError):  # another user's, or a file system of its own mind
            os.fchmod(handle, 0o600)
            _logger.info("The key file for UPS tokens was open to its group: its mode is set back")
    return _is_open_to_others(handle)


def _is_open_to_others(handle):
    """On Windows, modes say nothing: there the access list of the data directory decides."""
    return os.name == "posix" and bool(stat.S_IMODE(os.fstat(handle).st_mode) & 0o077)
