"""Many threads in several processes, and people who go on working meanwhile."""

import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import config

from .. import token_keys
from ..exceptions import UpsReauthorizationNeeded, UpsTryLater
from ..ups_client import connections
from .common import RealTransactionCase

WORKER = Path(__file__).with_name("storm_worker.py")
THREADS, PROCESSES = 32, 2


@tagged("post_install", "-at_install")
class TestTokenStorm(RealTransactionCase):
    def setUp(self):
        super().setUp()
        self.authorize()

    # === OTHER PROCESSES === #

    def start(self, threads, mode):
        return self.start_process(WORKER, str(self.company_id), str(threads), mode)

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
        self.assert_authorized()

    # === STORMS === #

    def test_one_refresh_serves_all(self):
        self.assert_one_refresh_served_all(self.storm("read"))

    def test_one_refresh_serves_all_though_each_has_written_the_company(self):
        """PostgreSQL lets one of them at a time hold the company; none waits for the token too."""
        self.assert_one_refresh_served_all(self.storm("write"))
        with self.transaction(SUPERUSER_ID) as env:
            self.assertFalse(env["res.company"].browse(self.company_id).email, "rolled back")

    def test_a_caller_that_has_created_its_user_or_changed_its_login(self):
        """PostgreSQL then locks the user's row against whatever references it anew."""

        def new_user(env):
            partner = env["res.partner"].create({"name": "New"})
            own = {"company_ids": [(4, self.company_id)], "company_id": self.company_id}
            return env["res.users"].create(own | {"login": "ups_new", "partner_id": partner.id})

        def renamed_user(env):
            user = env["res.users"].browse(self.admin_id)
            user.login = "somebody-else"
            return user

        for calls, caller in enumerate((new_user, renamed_user), 1):
            self.authorize()
            with self.transaction(SUPERUSER_ID) as env:
                company = env["res.company"].browse(self.company_id).with_user(caller(env))
                env.flush_all()
                token = company._ups_get_access_token()
                env.cr.rollback()
            self.assertTrue(self.simulator.is_live_access_token(token))
            self.assertEqual(self.simulator.calls("refresh"), calls)
            self.assertTrue(self.simulator.is_live_refresh_token(self.stored()[1]))

    def test_the_key_file_cannot_be_read_when_the_answer_comes(self):
        key_file = self.use_a_key_file()
        self.authorize()
        with self.hanging_refresh("after") as waiting:
            os.chmod(key_file, 0o644)  # refused, even to root
            with patch("time.sleep", side_effect=lambda _seconds: os.chmod(key_file, 0o600)):
                self.simulator.release()
                token = waiting.result()
        self.assertTrue(self.simulator.is_live_access_token(token))
        self.assertEqual(self.simulator.calls("refresh"), 1)
        self.assertTrue(self.simulator.is_live_refresh_token(self.stored()[1]))

    def use_a_key_file(self):
        """:return: its path; it is made on first use."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.startPatcher(patch.dict(config._runtime_options, {"data_dir": folder.name}))
        del os.environ["UPS_TOKEN_KEYS"]  # setUp's own, which goes with it
        with self.transaction(SUPERUSER_ID) as env:
            return token_keys.key_file(env)

    def test_another_process_sends_the_spent_token_before_the_new_one_is_stored(self):
        with self.answer_without_its_transaction() as waiting:
            other = self.start(1, "read")
            self.go(other)
            self.assertEqual(json.loads(other.stdout.readline()), ["UpsReauthorizationNeeded"])
            self.assertEqual(self.stored()[0], "reauthorize")
        self.assertTrue(self.simulator.is_live_access_token(waiting.result()))
        self.assert_authorized()
        self.assertEqual(self.want_token(), waiting.result())
        with self.transaction(SUPERUSER_ID) as env:
            company = env["res.company"].browse(self.company_id)
            self.assertFalse(company.ups_connection_ids.activity_ids, "nobody has to act")

    def test_opted_out_before_the_new_token_is_stored(self):
        with self.answer_without_its_transaction() as waiting:
            self.opt_out()
        self.assertIsInstance(waiting.exception(), UpsTryLater)
        self.assertEqual(self.stored(), ("not_authorized", False))

    def test_another_authorization_that_ended_gets_no_token_of_the_former(self):
        with self.answer_without_its_transaction() as waiting:
            self.authorize()
            with self.transaction(SUPERUSER_ID) as env:
                own = env["res.company"].browse(self.company_id).ups_connection_ids
                own.authorized_on += timedelta(seconds=1)  # a person takes longer than this test
                own._end("refused", "", [])
        self.assertIsInstance(waiting.exception(), UpsTryLater)
        self.assertEqual(self.stored()[0], "reauthorize")

    @contextmanager
    def answer_without_its_transaction(self):
        """UPS has answered a refresh, and PostgreSQL has ended the transaction that asked.

        The answer comes when the context ends.
        """
        holders = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid != pg_backend_pid()
                        AND state = 'idle in transaction'
                        AND pid IN (SELECT pid FROM pg_locks
                                     WHERE relation = 'ups_connection'::regclass
                                       AND mode = 'RowShareLock')"""
        with self.hanging_refresh("after") as waiting:
            with self.transaction(SUPERUSER_ID) as env:
                env.cr.execute(holders)
                self.assertEqual(env.cr.rowcount, 1)
            yield waiting

    def test_who_waited_through_an_outage_does_not_ask_again(self):
        self.simulator.queue_fault("refresh", "hang", times=9)
        self.startPatcher(patch.object(connections, "READ_TIMEOUT", 1))
        with ThreadPoolExecutor(12) as pool:
            waiting = [pool.submit(self.want_token) for _each in range(12)]
            for each in waiting:
                self.assertIsInstance(each.exception(), UpsTryLater)
        own = {id(each.exception()) for each in waiting}
        self.assertEqual(len(own), 12, "an exception that is raised twice keeps all frames")
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
        self.assertEqual(self.stored()[0], "reauthorize")

    def test_a_live_token_is_one_query_of_a_transaction(self):
        self.authorize(expired=False)
        self.want_token()  # this process knows the system parameters
        with self.transaction() as env:
            company = env["res.company"].browse(self.company_id)
            for _each in range(2):
                company._ups_get_access_token()
                self.assertEqual(env.cr.sql_log_count, 1)

    def test_a_cursor_that_goes_on_gets_no_token_opted_out_meanwhile(self):
        self.authorize(expired=False)
        with self.transaction() as env:
            company = env["res.company"].browse(self.company_id)
            for begin_anew in (env.cr.rollback, env.cr.commit):
                self.authorize(expired=False)
                begin_anew()
                self.assertTrue(company._ups_get_access_token())
                self.opt_out()
                begin_anew()
                with self.assertRaises(UpsReauthorizationNeeded):
                    company._ups_get_access_token()

    # === PEOPLE WHO GO ON WORKING WHILE UPS HANGS === #

    def test_business_goes_on_while_ups_hangs(self):
        with self.hanging_refresh() as waiting:
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
