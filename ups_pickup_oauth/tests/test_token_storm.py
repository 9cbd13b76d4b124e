"""Many threads in several processes, and people who go on working meanwhile."""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from odoo import SUPERUSER_ID
from odoo.service.model import retrying
from odoo.tests import get_db_name, tagged
from odoo.tools import config

from ..exceptions import UpsReauthorizationNeeded
from .common import RealTransactionCase

WORKER = Path(__file__).with_name("storm_worker.py")
THREADS, PROCESSES = 32, 2


@tagged("post_install", "-at_install")
class TestTokenStorm(RealTransactionCase):
    def setUp(self):
        super().setUp()
        self.authorize()

    # === OTHER PROCESSES === #

    def config_file(self):
        """:return: a configuration with which another process is this server's twin."""
        options = ("addons_path", "data_dir", "db_host", "db_port", "db_user", "db_password")
        lines = ["[options]"]
        for name in options:
            value = config[name]
            if value:
                value = ",".join(value) if isinstance(value, list) else value
                lines.append(f"{name} = {value}")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name, "odoo.conf")
        path.write_text("\n".join(lines))
        return str(path)

    def start(self, threads, mode):
        arguments = [self.config_file(), get_db_name(), str(self.company_id), str(threads), mode]
        process = subprocess.Popen(  # noqa: S603 this very interpreter
            [sys.executable, str(WORKER), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def go(self, process):
        process.stdin.write("go\n")
        process.stdin.flush()

    def storm(self, mode):
        processes = [self.start(THREADS, mode) for _each in range(PROCESSES)]
        self.simulator.set_latency(0.2)
        for process in processes:
            self.go(process)
        return [token for each in processes for token in json.loads(each.stdout.readline())]

    def assert_one_refresh_served_all(self, tokens):
        self.assertEqual(self.simulator.calls("refresh"), 1)
        self.assertEqual(len(tokens), THREADS * PROCESSES)
        self.assertEqual(len(set(tokens)), 1, set(tokens))
        self.assertTrue(self.simulator.is_live_access_token(tokens[0]))
        state, refresh_token = self.stored()
        self.assertEqual(state, "authorized")
        self.assertTrue(self.simulator.is_live_refresh_token(refresh_token))

    # === STORMS === #

    def test_one_refresh_serves_all(self):
        self.assert_one_refresh_served_all(self.storm("read"))

    def test_one_refresh_serves_all_though_each_has_written_the_company(self):
        """Their own writes are not committed, and rolled back afterwards.

        PostgreSQL lets one of them at a time write the row; none of that concerns the token.
        """
        process = self.start(1, "write")
        self.go(process)
        tokens = json.loads(process.stdout.readline())
        self.assertTrue(self.simulator.is_live_access_token(tokens[0]))
        with self.transaction(SUPERUSER_ID) as env:
            self.assertFalse(env["res.company"].browse(self.company_id).email, "rolled back")
        self.assertTrue(self.simulator.is_live_refresh_token(self.stored()[1]))
        self.assertEqual(self.simulator.calls("refresh"), 1)

    def test_killed_after_ups_answered_and_before_the_commit(self):
        """Documented: the answer is lost, so one more try, and then a person is asked."""
        self.simulator.queue_fault("refresh", "hang", when="after")
        process = self.start(1, "read")
        self.go(process)
        self.simulator.wait_for_calls("refresh", 1)
        process.kill()
        process.wait()
        self.simulator.release()
        for _each in range(2):
            with self.assertRaises(UpsReauthorizationNeeded), self.transaction() as env:
                env["res.company"].browse(self.company_id)._ups_get_access_token()
        self.assertEqual(self.simulator.calls("refresh"), 2)
        self.assertEqual(self.stored(), ("reauthorize", False))

    def test_a_caller_that_rolls_back_loses_nothing(self):
        with self.transaction() as env:
            token = env["res.company"].browse(self.company_id)._ups_get_access_token()
            env.cr.rollback()
        self.assertTrue(self.simulator.is_live_access_token(token))
        self.assertTrue(self.simulator.is_live_refresh_token(self.stored()[1]))

    # === PEOPLE WHO GO ON WORKING WHILE UPS HANGS === #

    def want_token(self):
        with self.transaction() as env:
            return env["res.company"].browse(self.company_id)._ups_get_access_token()

    def test_business_goes_on_while_ups_hangs(self):
        self.simulator.queue_fault("refresh", "hang")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.want_token)
            self.simulator.wait_for_calls("refresh", 1)
            try:
                with self.transaction() as env:
                    # PostgreSQL ends any statement that waits for a second.
                    env.cr.execute("SET LOCAL statement_timeout = '1s'")
                    company = env["res.company"].browse(self.company_id)
                    partner = env["res.partner"].create({"name": "P", "company_id": company.id})
                    user = env["res.users"].browse(self.admin_id)
                    user.company_id = company
                    company.write({"name": "Renamed meanwhile", "email": "we@example.com"})
                    env["res.company"].create({"name": "New branch", "parent_id": company.id})
                    env.flush_all()
                    form = company.get_view(view_type="form")
                    self.assertIn("action_ups_api", form["arch"])
                    shown = company.read(["name", "ups_authorization_state"])[0]
                    self.assertEqual(shown["name"], "Renamed meanwhile")
                    self.assertTrue(partner.exists())
                    env.cr.rollback()
                self.assertFalse(waiting.done(), "UPS still hangs")
            finally:
                self.simulator.release()
            self.assertTrue(self.simulator.is_live_access_token(waiting.result()))

    def test_opting_out_during_a_refresh_wins(self):
        self.simulator.queue_fault("refresh", "hang")

        def opt_out():
            with self.transaction() as env:
                company = env["res.company"].browse(self.company_id)
                retrying(company.action_ups_opt_out, env)

        with ThreadPoolExecutor(2) as pool:
            waiting = pool.submit(self.want_token)
            self.simulator.wait_for_calls("refresh", 1)
            opting_out = pool.submit(opt_out)
            self.wait_for_a_lock()
            self.simulator.release()
            waiting.result()
            opting_out.result()
        self.assertEqual(self.stored(), ("not_authorized", False))
        with self.assertRaises(UpsReauthorizationNeeded):
            self.want_token()
        self.assertEqual(self.simulator.calls("refresh"), 1)

    def wait_for_a_lock(self):
        """Return as soon as some transaction waits for the row that the refresh holds."""
        waits = """SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        for _each in range(1000):
            with self.transaction(SUPERUSER_ID) as env:
                env.cr.execute(waits)
                if env.cr.fetchone()[0]:
                    return
        self.fail("nobody waits")
