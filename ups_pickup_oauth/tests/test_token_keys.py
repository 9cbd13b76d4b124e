import os
import stat
import tempfile
from types import SimpleNamespace
from unittest.mock import Mock, patch

from cryptography.fernet import Fernet
from odoo import sql_db
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config

from .. import key_users, new_key_file, token_keys
from .common import UpsCase


@tagged("post_install", "-at_install")
class TestTokenKeys(UpsCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.startPatcher(patch.dict(config._runtime_options, {"data_dir": folder.name}))
        self.startPatcher(patch.dict(os.environ))
        del os.environ["UPS_TOKEN_KEYS"]

    def test_a_key_file_is_made_on_first_use_for_odoo_alone(self):
        sealed = token_keys.seal(self.env, "a token")
        self.assertNotIn("a token", sealed)
        self.assertEqual(token_keys.unseal(self.env, sealed), "a token")
        mode = stat.S_IMODE(os.stat(token_keys.key_file(self.env)).st_mode)
        self.assertEqual(mode, 0o600)
        folder = os.path.dirname(token_keys.key_file(self.env))
        self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
        self.assertEqual(len(os.listdir(folder)), 1, "the temporary file is gone")

    def test_reading_makes_no_key_file_and_another_key_opens_nothing(self):
        sealed = token_keys.seal(self.env, "a token")
        os.unlink(token_keys.key_file(self.env))
        with self.assertRaises(token_keys.LostKey):
            token_keys.unseal(self.env, sealed)
        self.assertFalse(os.path.exists(token_keys.key_file(self.env)))
        token_keys.seal(self.env, "makes another key")
        with self.assertRaises(token_keys.LostKey):
            token_keys.unseal(self.env, sealed)

    def test_each_database_has_its_own_key(self):
        here = token_keys.key_file(self.env)
        self.env["ir.config_parameter"].set_param("database.uuid", "../../somewhere/else")
        there = token_keys.key_file(self.env)
        self.assertNotEqual(here, there)
        self.assertEqual(os.path.dirname(here), os.path.dirname(there))

    def test_a_key_file_that_others_can_read_is_refused(self):
        """Also where the file system knows no modes: it is told what to do there."""
        sealed = token_keys.seal(self.env, "a token")
        every_mode_is_wide = SimpleNamespace(st_mode=stat.S_IFREG | 0o755)
        told = self.assertRaisesRegex(UserError, "file system.*UPS_TOKEN_KEYS")
        with patch("os.fstat", return_value=every_mode_is_wide), told:
            token_keys.unseal(self.env, sealed)
        for mode, chmod in ((0o644, os.fchmod), (0o660, Mock(side_effect=PermissionError))):
            os.chmod(token_keys.key_file(self.env), mode)
            told = self.assertRaisesRegex(UserError, "0600, or to set UPS_TOKEN_KEYS")
            with self.subTest(mode), patch("os.fchmod", chmod), told:
                token_keys.unseal(self.env, sealed)

    def test_a_key_file_that_a_volume_has_opened_to_its_group_is_closed_again(self):
        sealed, path = token_keys.seal(self.env, "a token"), token_keys.key_file(self.env)
        os.chmod(path, 0o660)
        with self.assertLogs(new_key_file.__name__, "DEBUG") as log:
            self.assertEqual(token_keys.unseal(self.env, sealed), "a token")
            self.assertEqual(token_keys.unseal(self.env, sealed), "a token")
        self.assertEqual(len(log.output), 1)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_a_damaged_key_file_is_a_sentence(self):
        token_keys.seal(self.env, "a token")
        for content in (b"", b"\xff\xfe", b"short"):
            with open(token_keys.key_file(self.env), "wb") as file:
                file.write(content)
            with self.subTest(content), self.assertRaisesRegex(UserError, "not a Fernet key"):
                token_keys.seal(self.env, "a token")

    def test_uninstalling_deletes_the_key_file_once_it_is_committed(self):
        token_keys.seal(self.env, "a token")
        token_keys.forget_key_file(self.env)
        self.assertTrue(os.path.exists(token_keys.key_file(self.env)))
        self.env.cr.postcommit.run()
        self.assertFalse(os.path.exists(token_keys.key_file(self.env)))

    def test_who_looks_into_other_databases_closes_no_connection_of_others(self):
        with sql_db.db_connect("template1").cursor() as cr:
            key_users._needs("template1", "a uuid")
            cr.execute("SELECT 1")  # its connection is still there

    def test_what_no_key_can_be_read_from_is_a_sentence_that_does_not_show_it(self):
        with tempfile.NamedTemporaryFile() as file:
            config._runtime_options["data_dir"] = file.name  # a folder that cannot be written
            for key in ("", "certainly-not-a-fernet-key"):
                os.environ["UPS_TOKEN_KEYS"] = key
                with self.assertRaisesRegex(UserError, "UPS_TOKEN_KEYS") as caught:
                    token_keys.seal(self.env, "a token")
                self.assertNotIn("certainly", str(caught.exception))

    def test_who_comes_second_keeps_the_first_ones_key(self):
        """Where the file system knows hard links and where not; tests/life lets workers race."""
        for link in (os.link, Mock(side_effect=PermissionError)):
            with tempfile.TemporaryDirectory() as folder, patch("os.link", link):
                path = os.path.join(folder, "keys", "key")
                new_key_file.create(path)
                first = new_key_file.read(path)
                new_key_file.create(path)
                self.assertEqual(new_key_file.read(path), first)
                self.assertEqual(len(first[0]), len(Fernet.generate_key()))
                self.assertEqual(os.listdir(os.path.dirname(path)), ["key"])

    def test_who_reads_while_another_writes_waits_for_it(self):
        key, path = Fernet.generate_key(), token_keys.key_file(self.env)
        token_keys.seal(self.env, "makes the folder")
        with open(path, "wb") as file:

            def finish(_seconds):
                file.write(key)
                file.flush()

            with patch("time.sleep", side_effect=finish):
                self.assertEqual(new_key_file.read(path), (key, False))
