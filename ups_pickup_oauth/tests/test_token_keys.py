import os
import stat
import subprocess
import sys
import tempfile
from types import SimpleNamespace
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config

from .. import new_key_file, token_keys
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

    def test_reading_makes_no_key_file(self):
        with self.assertRaises(token_keys.LostKey):
            token_keys.unseal(self.env, "gAAAA")
        self.assertFalse(os.path.exists(token_keys.key_file(self.env)))

    def test_another_key_opens_nothing(self):
        sealed = token_keys.seal(self.env, "a token")
        os.unlink(token_keys.key_file(self.env))
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
        sealed = token_keys.seal(self.env, "a token")
        os.chmod(token_keys.key_file(self.env), 0o640)
        with self.assertRaisesRegex(UserError, "0600"):
            token_keys.unseal(self.env, sealed)

    def test_a_file_system_that_knows_no_modes_is_told(self):
        sealed = token_keys.seal(self.env, "a token")
        every_mode_is_wide = SimpleNamespace(st_mode=stat.S_IFREG | 0o755)
        told = self.assertRaisesRegex(UserError, "file system.*UPS_TOKEN_KEYS")
        with patch("os.fstat", return_value=every_mode_is_wide), told:
            token_keys.unseal(self.env, sealed)

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

    def test_a_data_directory_that_cannot_be_written_is_a_sentence(self):
        with tempfile.NamedTemporaryFile() as file:
            config._runtime_options["data_dir"] = file.name
            with self.assertRaisesRegex(UserError, "UPS_TOKEN_KEYS"):
                token_keys.seal(self.env, "a token")

    def test_the_first_key_of_the_environment_encrypts_and_all_decrypt(self):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        os.environ["UPS_TOKEN_KEYS"] = old
        sealed_before = token_keys.seal(self.env, "a token")
        os.environ["UPS_TOKEN_KEYS"] = f" {new}, {old},"
        self.assertEqual(token_keys.unseal(self.env, sealed_before), "a token")
        sealed_after = token_keys.seal(self.env, "a token")
        os.environ["UPS_TOKEN_KEYS"] = new
        self.assertEqual(token_keys.unseal(self.env, sealed_after), "a token")
        with self.assertRaises(token_keys.LostKey):
            token_keys.unseal(self.env, sealed_before)
        self.assertFalse(os.path.exists(token_keys.key_file(self.env)))

    def test_a_malformed_key_is_a_sentence_that_does_not_show_it(self):
        os.environ["UPS_TOKEN_KEYS"] = "certainly-not-a-fernet-key"
        with self.assertRaisesRegex(UserError, "UPS_TOKEN_KEYS") as caught:
            token_keys.seal(self.env, "a token")
        self.assertNotIn("certainly-not-a-fernet-key", str(caught.exception))

    def test_processes_that_start_at_once_agree_on_one_key(self):
        """Real processes, all held back until the last is ready; with and without hard links."""
        for number, without_links in enumerate(("", "os.link = refuse")):
            path = f"{token_keys.key_file(self.env)}-{number}"
            processes = [self.start_process(path, without_links) for _each in range(4)]
            for process in processes:
                self.assertEqual(process.stdout.readline(), "ready\n")
            for process in processes:
                process.stdin.write("go\n")
                process.stdin.flush()
            [key] = {process.communicate()[0].strip() for process in processes}
            self.assertEqual(len(key), len(Fernet.generate_key()))
            self.assertEqual(len(os.listdir(os.path.dirname(path))), number + 1)

    def start_process(self, path, without_links):
        source = f"""
import os, runpy, sys
def refuse(*_args):
    raise PermissionError(1, "no links on this file system")
{without_links}
module = runpy.run_path(sys.argv[1])
print("ready", flush=True); sys.stdin.readline()
module["create"](sys.argv[2])
print(module["read"](sys.argv[2])[0].decode())
"""
        process = subprocess.Popen(  # noqa: S603 this very interpreter
            [sys.executable, "-c", source, new_key_file.__file__, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.wait)
        return process

    def test_who_reads_while_another_writes_waits_for_it(self):
        key, path = Fernet.generate_key(), token_keys.key_file(self.env)
        token_keys.seal(self.env, "makes the folder")
        with open(path, "wb") as file:

            def finish(_seconds):
                file.write(key)
                file.flush()

            with patch("time.sleep", side_effect=finish):
                self.assertEqual(new_key_file.read(path), (key, False))
