"""Which keys encrypt the tokens and the client secret at rest, and how.

The keys come from ``UPS_TOKEN_KEYS`` (comma-separated Fernet keys, the first one encrypts), else
from a key file in Odoo's data directory, made on first use. The file is named after
``database.uuid`` and stands outside the filestore: a backup or a duplicate of the database does
not carry the key that opens its tokens.
"""

import contextlib
import hashlib
import hmac
import json
import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from odoo.tools import config

from . import new_key_file
from .exceptions import UpsSettingsWrong
from .template_guard import refuse_templates

KEYS_VARIABLE = "UPS_TOKEN_KEYS"


class LostKey(Exception):
    """What was sealed cannot be opened with the keys of this server."""


def seal(env, secret):
    """Encrypt ``secret`` for the database.

    :param odoo.api.Environment env: tells the database whose key is used.
    :param str secret: what to encrypt.
    :return: the Fernet token.
    :rtype: str
    :raise UpsSettingsWrong: if the keys of this server, or its key file, cannot be used.
    """
    return _fernet(env, _keys(env, create=True)).encrypt(secret.encode()).decode()


def unseal(env, sealed, uuid=None):
    """Decrypt what :func:`seal` returned.

    :param odoo.api.Environment env: tells the database whose key is used.
    :param str sealed: the Fernet token.
    :param str uuid: the `database.uuid` that named the key file when it was sealed, if another.
    :return: the secret.
    :rtype: str
    :raise LostKey: if no key of this server opens it.
    :raise UpsSettingsWrong: if the keys of this server, or its key file, cannot be used.
    :raise AccessError: if a template asks.
    """
    refuse_templates(env)
    keys = _keys(env, create=False, uuid=uuid)
    try:
        if not keys:
            raise LostKey
        return _fernet(env, keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise LostKey from None


def is_sealed(text):
    """:return: whether it looks like what :func:`seal` returned, whichever key it was."""
    return text.startswith("gAAAA")  # the version of each Fernet token, and its time until 2106


def opened(env, sealed, uuid=None):
    """As :func:`unseal`, where it is no matter if there is nothing to open.

    :return: the secret, or False where there is none or its key is lost.
    :rtype: str|bool
    """
    try:
        return unseal(env, sealed, uuid) if sealed else False
    except LostKey:
        return False


def fingerprint(env, *texts):
    """Tell texts from others without showing any, to who has no key of this server.

    :param odoo.api.Environment env: tells the database whose key is used.
    :return: 32 characters, the same for the same texts and first key; empty without a key.
    :raise UpsSettingsWrong: if the keys of this server, or its key file, cannot be used.
    """
    keys = _keys(env, create=False)
    if not keys:
        return ""
    _fernet(env, keys)  # raises where one is none
    key = keys[0] if isinstance(keys[0], bytes) else keys[0].encode()
    message = json.dumps(texts).encode()
    return hmac.new(key, message, "sha256").hexdigest()[:32]


def is_rotating(env):
    """:return: whether this server has more than one key."""
    return len(_keys(env, create=False)) > 1


def reseal(env, sealed):
    """Encrypt with the first key what another key of this server had encrypted.

    :param odoo.api.Environment env: tells the database whose keys are used.
    :param str sealed: a Fernet token.
    :return: the new Fernet token; None where nothing has to change, or no key opens it.
    :raise UpsSettingsWrong: as :func:`unseal`.
    """
    keys = _keys(env, create=False)
    try:
        if len(keys) < 2 or _opens(_fernet(env, keys[:1]), sealed):
            return None
        return _fernet(env, keys).rotate(sealed.encode()).decode()
    except InvalidToken:
        return None


def key_file(env, uuid=None):
    """:return: the path of this database's key file, whether or not it exists."""
    current = env["ir.config_parameter"].sudo().get_param("database.uuid")
    uuid = uuid or current or env.cr.dbname
    # Hashed, because a database administrator can write anything into database.uuid.
    name = hashlib.sha256(uuid.encode()).hexdigest()[:32]
    return os.path.join(config["data_dir"], "ups_pickup_oauth", f"{name}.key")


def forget_key_file(env):
    """Delete this database's key file, if it has one, once the transaction is committed."""
    path = key_file(env)

    @env.cr.postcommit.add
    def forget():
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _opens(fernet, sealed):
    try:
        return bool(fernet.decrypt(sealed.encode()))
    except InvalidToken:
        return False


def _keys(env, create, uuid=None):
    keys = [key.strip() for key in os.environ.get(KEYS_VARIABLE, "").split(",") if key.strip()]
    return keys or _keys_from_file(env, create, uuid)


def _fernet(env, keys):
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise UpsSettingsWrong(
            env._(
                "An encryption key of this server is not a Fernet key. Ask whoever runs the server"
                " to correct %s, or the key file in Odoo's data directory.",
                KEYS_VARIABLE,
            )
        ) from None


def _keys_from_file(env, create, uuid=None):
    path = key_file(env, uuid)
    try:
        if create and not os.path.exists(path):
            new_key_file.create(path)
        key, is_open_to_others = new_key_file.read(path)
        if is_open_to_others:
            raise UpsSettingsWrong(_open_to_others(env, path))
        return [key]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UpsSettingsWrong(
            env._(
                "The key file for UPS tokens, in the folder ups_pickup_oauth of Odoo's data"
                " directory, cannot be used: %(reason)s. Ask whoever runs the server to let Odoo"
                " read and write that folder, or to set %(variable)s.",
                reason=error.strerror,
                variable=KEYS_VARIABLE,
            )
        ) from None


def _open_to_others(env, path):
    if new_key_file.can_be_private(path):
        return env._(
            "Other users of the server can read the key file for UPS tokens, in the folder"
            " ups_pickup_oauth of Odoo's data directory. Ask whoever runs the server to set its"
            " mode to 0600, or to set %s instead.",
            KEYS_VARIABLE,
        )
    return env._(
        "The file system of Odoo's data directory lets every user of the server read the key file"
        " for UPS tokens. Ask whoever runs the server to set %s instead.",
        KEYS_VARIABLE,
    )
