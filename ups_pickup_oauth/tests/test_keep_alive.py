import os
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import SUPERUSER_ID, fields, sql_db
from odoo.tests import tagged
from odoo.tools import config

from ..models.ups_connection_keep_alive import OUTAGES
from ..settings import ups_settings
from .common import CLIENT_SECRET, RealTransactionCase, UpsCase


@tagged("post_install", "-at_install")
class TestKeepAlive(RealTransactionCase):
    """The daily cron, with real cursors and threads."""

    def setUp(self):
        super().setUp()
        # Other authorizations of this database are none of this test's.
        with self.transaction(SUPERUSER_ID) as env:
            self.assertFalse(env["ups.connection"].search([("state", "=", "authorized")]))

    def authorize_old(self, company_id=None, part_of_life=0.6):
        """Authorize, and let that part of the refresh token's life pass."""
        company_id = company_id or self.company_id
        self.authorize(company_id, expired=False)
        life = timedelta(seconds=self.simulator.refresh_token_lifetime)
        with self.transaction(SUPERUSER_ID) as env:
            connection = env["res.company"].browse(company_id).ups_connection_ids
            connection.refreshed_on -= life * part_of_life
            connection.refresh_token_expires_at -= life * part_of_life
        return company_id

    def run_cron(self, **options):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.connection"]._cron_keep_alive(**options)

    def test_what_has_lived_half_of_its_life_is_renewed(self):
        self.authorize_old(part_of_life=0.4)
        self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), 0)
        self.authorize_old()
        before = self.stored()[1]
        self.run_cron()
        state, after = self.stored()
        self.assertEqual(state, "authorized")
        self.assertNotEqual(after, before)
        self.assertTrue(self.simulator.is_live_refresh_token(after))
        self.assertEqual(self.simulator.calls("refresh"), 1)
        self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), 1, "it is young again")

    def test_a_company_that_ships_nothing_for_two_months_is_still_authorized(self):
        self.authorize(expired=False)
        for _day in range(60):
            with self.transaction(SUPERUSER_ID) as env:
                connection = env["res.company"].browse(self.company_id).ups_connection_ids
                for name in ("refreshed_on", "refresh_token_expires_at", "access_token_expires_at"):
                    connection[name] -= timedelta(days=1)
            self.simulator.advance_clock(24 * 3600)
            self.run_cron()
        self.assert_authorized()
        self.assertLessEqual(self.simulator.calls("refresh"), 3)

    def test_companies_that_are_none_of_its_business(self):
        archived = self.authorize_old(self.create_company("Archived"))
        opted_out = self.authorize_old(self.create_company("Opted out"))
        ended = self.authorize_old(self.create_company("Ended"))
        with self.transaction(SUPERUSER_ID) as env:
            env["res.company"].browse(archived).active = False
            env["res.company"].browse(opted_out).action_ups_opt_out()
            env["res.company"].browse(ended).ups_connection_ids._end("refused", "", [])
        self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), 0)
        with self.transaction(SUPERUSER_ID) as env:
            branch = env["res.company"].create({"name": "Branch", "parent_id": archived})
            self.company_ids.append(branch.id)
        self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), 1, "which an archived parent's is for")

    def test_it_survives_the_failure_of_any(self):
        ended, *others = [self.authorize_old(self.create_company(f"Depot {n}")) for n in range(12)]
        self.simulator.kill_grants(self.stored(ended)[1])
        self.simulator.queue_fault("refresh", "html", times=2)
        self.run_cron()
        calls = self.simulator.calls("refresh")
        self.assertEqual(calls, 12, "all were tried")
        self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), calls, "not again in the same run")
        yesterday = "UPDATE ups_connection SET last_problem_on = last_problem_on - interval '1 day'"
        with self.transaction(SUPERUSER_ID) as env:
            env.cr.execute(yesterday)
        self.run_cron()  # the next day: those that met an outage
        self.assertLessEqual(self.simulator.calls("refresh"), calls + 2)
        self.assertEqual(self.stored(ended)[0], "reauthorize")
        for company_id in others:
            self.assert_authorized(company_id)

    def test_a_changed_secret_is_proven_though_nobody_calls_and_by_one_company(self):
        for number in range(3):
            self.authorize(self.create_company(f"Depot {number}"), expired=False)
        for secret, state in (("not-the-secret", "reauthorize"), (CLIENT_SECRET, "authorized")):
            with self.subTest(state), patch.dict(os.environ, {"UPS_CLIENT_SECRET": secret}):
                self.simulator.forget_requests()
                for _night in range(2):
                    self.run_cron()
                self.assertEqual(self.simulator.calls("refresh"), state == "reauthorize")
                self.assertEqual(self.stored(self.company_ids[-1])[0], state)

    def test_a_run_that_is_hopeless_ends_and_after_outages_another_one_follows(self):
        companies = [self.authorize_old(self.create_company(f"Depot {n}")) for n in range(6)]
        for secret, parallel, calls in (("not-the-secret", 8, 1), (CLIENT_SECRET, 1, OUTAGES)):
            with self.subTest(calls), patch.dict(os.environ, {"UPS_CLIENT_SECRET": secret}):
                with self.transaction(SUPERUSER_ID) as env:
                    self.triggers(env).unlink()
                    env["ups.connection"].search([]).retry_at = False
                self.simulator.forget_requests()
                if secret == CLIENT_SECRET:
                    self.simulator.queue_fault("refresh", "html", times=99)
                soon = fields.Datetime.now() + timedelta(hours=1, minutes=1)
                self.run_cron(parallel=parallel)
                self.assertEqual(self.simulator.calls("refresh"), calls)
                with self.transaction(SUPERUSER_ID) as env:
                    follows = self.triggers(env)
                    # A secret is not sent again every hour only because it was refused.
                    self.assertEqual(bool(follows), secret == CLIENT_SECRET)
                    self.assertFalse([each for each in follows if each.call_at > soon])
                    follows.unlink()
                for company_id in companies:
                    live = self.simulator.is_live_refresh_token(self.stored(company_id)[1])
                    self.assertTrue(live)

    def test_one_that_ups_blocks_stops_none_of_the_others(self):
        """UPS's 403 is for a merchant, too, as its description says, not only for applications."""
        blocked = self.authorize_old(self.create_company("Blocked"), part_of_life=0.7)
        others = [self.authorize_old(self.create_company(f"Depot {n}")) for n in range(3)]
        for night, (answers, state) in enumerate(
            ((403, "authorized"), (403, "reauthorize"), (200, "authorized"))
        ):
            with self.subTest(night):
                with self.transaction(SUPERUSER_ID) as env:
                    for each in env["ups.connection"].search([("state", "=", "authorized")]):
                        each.retry_at = False
                        each.settings_judged_on -= timedelta(days=1)
                if answers == 403:
                    self.simulator.queue_fault("refresh", "status", status=403)
                self.simulator.forget_requests()
                self.run_cron(parallel=1)
                self.assertEqual(self.simulator.calls("refresh"), 1 if night else 4)
                self.assertEqual(self.stored(blocked)[0], state)
                for company_id in others:
                    self.assert_authorized(company_id)

    def triggers(self, env):
        job = env.ref("ups_pickup_oauth.ir_cron_keep_alive")
        return env["ir.cron.trigger"].search([("cron_id", "=", job.id)])

    def test_a_small_pool_of_connections_renews_all_the_same(self):
        companies = [self.authorize_old(self.create_company(f"Depot {n}")) for n in range(12)]
        with (
            patch.dict(config._runtime_options, {"db_maxconn": 4}),
            patch.object(sql_db._Pool, "_maxconn", 4),
        ):
            self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), len(companies))

    def test_it_stops_in_time_and_goes_on_next_time(self):
        companies = [self.authorize_old(self.create_company(f"Depot {n}")) for n in range(20)]
        with self.transaction(SUPERUSER_ID) as env:
            cron = type(env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda self, *_args, **_kwargs: 0):
            self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), 8, "those that had begun")
        self.run_cron()
        self.assertEqual(self.simulator.calls("refresh"), 20)
        for company_id in companies:
            self.assertTrue(self.simulator.is_live_refresh_token(self.stored(company_id)[1]))

    def test_within_the_time_that_odoo_gives_it_all_are_renewed_in_one_run(self):
        for number in range(20):
            self.authorize_old(self.create_company(f"Depot {number}"))
        with self.transaction(SUPERUSER_ID) as env:
            job_class, cron = type(env["ir.cron"]), env.ref("ups_pickup_oauth.ir_cron_keep_alive")
            cron.ir_actions_server_id.flush_recordset()
            env.cr.execute("SELECT * FROM ir_cron WHERE id = %s", [cron.id])
            [job] = env.cr.dictfetchall()
            self.assertEqual((cron.interval_type, cron.active), ("days", True))
            progress = env["ir.cron.progress"].create({"cron_id": cron.id})
        job |= dict.fromkeys(("timed_out_counter", "done", "remaining"), 0)
        status = job_class._run_job(job | {"cron_name": "alive", "progress_id": progress.id})
        self.assertEqual(self.simulator.calls("refresh"), 20)
        self.assertEqual(str(status), "fully done")


@tagged("post_install", "-at_install")
class TestKeyRotation(UpsCase):
    def test_what_an_older_key_encrypted_is_encrypted_anew_and_then_it_can_go(self):
        old, new = os.environ["UPS_TOKEN_KEYS"], Fernet.generate_key().decode()
        self.authorize()
        tokens = (self.company.ups_access_token, self.company.ups_refresh_token)
        with patch.dict(os.environ, {"UPS_TOKEN_KEYS": f" {new}, {old},"}):
            self.env["ups.connection"]._use_first_key()
        with patch.dict(os.environ, {"UPS_TOKEN_KEYS": new}):
            self.env.invalidate_all()
            kept = (self.company.ups_access_token, self.company.ups_refresh_token)
            self.assertEqual(kept, tokens)
            self.assertEqual(ups_settings(self.env).client_secret, CLIENT_SECRET)

    def test_nothing_is_written_with_one_key_or_where_none_opens_it(self):
        self.authorize()
        before = self.company.ups_connection_ids.sealed_refresh_token
        others = ",".join(Fernet.generate_key().decode() for _each in range(2))
        for keys in (os.environ["UPS_TOKEN_KEYS"], others):
            with patch.dict(os.environ, {"UPS_TOKEN_KEYS": keys}):
                self.env["ups.connection"]._use_first_key()
            self.env.invalidate_all()
            self.assertEqual(self.company.ups_connection_ids.sealed_refresh_token, before)
