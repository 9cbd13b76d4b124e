import os
from contextlib import nullcontext
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import fields
from odoo.tests import tagged

from .. import token_flights
from ..exceptions import (
    UpsGivenElsewhere,
    UpsReauthorizationNeeded,
    UpsSettingsWrong,
    UpsTryLater,
)
from ..models import ups_connection_refresh
from ..opened_before import _opened
from ..token_flights import flight
from ..ups_client import connections
from .common import AuthorizedCase

REAUTHORIZE, SETTINGS, LATER = UpsReauthorizationNeeded, UpsSettingsWrong, UpsTryLater


@tagged("post_install", "-at_install")
class TestToken(AuthorizedCase):
    """What another addon gets when it asks for the token."""

    def setUp(self):
        super().setUp()
        # Somebody without any right of ours, as a sale that is shipped has.
        self.employee = self.new_user("ups_employee", "base.group_user")

    def token(self, company=None):
        self.env.invalidate_all()  # as in a new transaction
        token = (company or self.company).with_user(self.employee)._ups_get_access_token()
        self.env.invalidate_all()
        return token

    def failure(self, error, company=None):
        """:return: the error with which the token is refused."""
        # Not assertRaises: Odoo's rolls back, and with the test's cursor what was committed, too.
        refusal = self.error_of(lambda: self.token(company))
        self.assertIsInstance(refusal, error)
        return refusal

    def assert_refreshes(self, calls):
        self.assertEqual(self.simulator.calls("refresh"), calls)

    def assert_kept(self, state="authorized"):
        """The stored refresh token is the one that UPS takes next."""
        self.env.invalidate_all()
        self.assertEqual(self.company.ups_authorization_state, state)
        self.assertTrue(self.company.ups_refresh_token, "only a person destroys it")
        if state == "authorized":
            self.assertTrue(self.simulator.is_live_refresh_token(self.company.ups_refresh_token))

    # === WITHOUT AND WITH A REFRESH === #

    def test_what_is_rolled_back_leaves_no_token(self):
        first = self.company._ups_get_access_token()
        with self.env.cr.savepoint() as savepoint:
            self.let_it_end()
            self.assertNotEqual(self.company._ups_get_access_token(), first)
            savepoint.rollback()
        self.assertEqual(self.company._ups_get_access_token(), first)

    def test_the_nearest_ancestor_that_is_authorized_gives_the_token(self):
        ward = self.env["res.company"].create({"name": "Ward", "parent_id": self.branch.id})
        mine = self.company._ups_get_access_token()
        self.assertEqual(ward._ups_get_access_token(), mine)
        self.authorize(self.branch)
        nearest = ward._ups_get_access_token()
        self.assertNotEqual(nearest, mine)
        self.assertEqual(self.branch._ups_get_access_token(), nearest)
        self.branch.action_ups_opt_out()
        self.assertEqual(ward._ups_get_access_token(), mine)

    def test_a_company_that_is_not_saved_gets_no_token_of_the_parent_that_it_names(self):
        new = self.env["res.company"].new({"name": "New", "parent_id": self.company.id})
        with self.assertRaises(UpsReauthorizationNeeded):
            new._ups_get_access_token()

    def test_in_an_onchange_of_the_company_what_is_stored_counts(self):
        edited = self.env["res.company"].new({"name": "Edited"}, origin=self.company)
        token = self.company._ups_get_access_token()
        self.assertEqual(edited._ups_get_access_token(), token)
        self.assertTrue(edited._ups_session())

    def test_a_change_of_settings_is_seen_at_once(self):
        first = self.company._ups_get_access_token()
        self.startPatcher(patch.dict(os.environ, {"UPS_ENVIRONMENT": "production"}))
        with self.assertRaises(UpsSettingsWrong):
            self.company._ups_get_access_token()
        os.environ["UPS_ENVIRONMENT"] = "cie"
        self.assertEqual(self.company._ups_get_access_token(), first)
        uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        for now, error in (("a copy's", UpsGivenElsewhere), (uuid, None)):
            self.env["ir.config_parameter"].set_param("database.uuid", now)
            with self.assertRaises(error) if error else nullcontext():
                self.assertEqual(self.company._ups_get_access_token(), first)
        os.environ["UPS_TOKEN_KEYS"] = Fernet.generate_key().decode()
        with self.assertRaises(UpsReauthorizationNeeded):
            self.company._ups_get_access_token()

    def test_no_cache_holds_a_token_in_the_clear(self):
        token = self.company._ups_get_access_token()
        self.assertIn(self.connection.sealed_access_token, str(self.env.transaction.field_data))
        for cache in (self.env.transaction.field_data, self.env.cr.cache, list(_opened.values())):
            self.assertNotIn(token, str(cache))
        self.assertIn(token, [kept.value for _seen, kept in _opened.values()])
        self.env.cr.clear()
        self.assertNotIn(token, [kept.value for _seen, kept in _opened.values()], "it ends")

    def test_nothing_is_left_in_memory_of_a_refresh(self):
        self.let_it_end()
        self.token()
        mine = (self.registry.db_name, self.connection.id)
        self.assertFalse([key for key in token_flights._flights if key[:2] == mine])

    def test_the_margin_is_a_minute(self):
        self.let_it_end(61)
        self.token()
        self.assert_refreshes(0)
        self.let_it_end(58)
        self.token()
        self.assert_refreshes(1)

    def test_a_refresh_stores_all_that_ups_answered(self):
        self.let_it_end()
        self.connection.failure_count = 5
        before = self.company.ups_refresh_token
        token = self.token()
        self.assertTrue(self.simulator.is_live_access_token(token))
        self.assertEqual(self.company.ups_access_token, token)
        self.assertNotEqual(self.company.ups_refresh_token, before)
        life = timedelta(seconds=self.simulator.access_token_lifetime - 60)
        ends = self.company.ups_access_token_expires_at
        self.assertGreater(ends, fields.Datetime.now() + life)
        self.assert_kept()
        self.assertEqual(self.company.ups_authorized_by_id, self.admin, "who agreed stays")
        self.assertEqual((self.connection.failure_count, self.connection.retry_at), (0, False))
        self.assertEqual(self.token(), token)
        self.assert_refreshes(1)

    def test_a_company_that_is_not_authorized(self):
        error = self.failure(REAUTHORIZE, self.other_company)
        self.assertIn("Bolt is not authorized at UPS", str(error))
        self.assertEqual(self.simulator.calls(), 0)

    # === EVERY FAULT OF A REFRESH: what the caller sees, what UPS was asked, what is stored === #

    def test_every_fault(self):
        self.startPatcher(patch.object(connections, "READ_TIMEOUT", 0.5))
        asked_once_more = (LATER, REAUTHORIZE, REAUTHORIZE)
        for fault, errors, calls, state in (
            ({"kind": "status", "status": 401}, [REAUTHORIZE], 1, "reauthorize"),
            ({"kind": "status", "status": 403}, [SETTINGS], 1, "reauthorize"),
            ({"kind": "status", "status": 500}, [LATER], 1, "authorized"),
            ({"kind": "html"}, [LATER], 1, "authorized"),
            ({"kind": "hang"}, [LATER], 1, "authorized"),
            # The connection breaks: the same token once more tells what UPS did.
            ({"kind": "drop"}, [], 2, "authorized"),
            ({"kind": "drop", "when": "after"}, [REAUTHORIZE], 2, "reauthorize"),
            ({"kind": "drop", "times": 2}, [LATER], 2, "authorized"),
            ({"kind": "truncated"}, [REAUTHORIZE], 2, "reauthorize"),
            ({"kind": "oversized"}, [], 2, "authorized"),
            # What else was lost is asked for by the next caller, and never again.
            ({"kind": "hang", "when": "after"}, asked_once_more, 2, "reauthorize"),
            ({"kind": "html", "when": "after"}, asked_once_more, 2, "reauthorize"),
            ({"kind": "status", "status": 500, "when": "after"}, asked_once_more, 2, "reauthorize"),
        ):
            with self.subTest(fault):
                self.authorize()
                self.let_it_end()
                self.simulator.forget_requests()
                self.simulator.queue_fault("refresh", **fault)
                for error in errors:
                    self.failure(error)
                if not errors:
                    self.assertTrue(self.simulator.is_live_access_token(self.token()))
                self.simulator.release()
                self.assert_refreshes(calls)
                self.assert_kept(state)

    # === UPS IS LEFT ALONE === #

    def later(self):
        return self.failure(LATER)

    def test_retry_after_is_honoured_and_bounded(self):
        self.let_it_end()
        for asked, granted in (("90", 90), ("999999", 3600)):
            self.connection.write({"retry_at": False, "failure_count": 0})
            self.simulator.forget_requests()
            headers = {"Retry-After": asked}
            self.simulator.queue_fault("refresh", "status", status=429, headers=headers)
            self.assertAlmostEqual(self.later().retry_after, granted, delta=2)
            self.assertAlmostEqual(self.later().retry_after, granted, delta=2)
            self.assert_refreshes(1)

    def test_after_repeated_failures_ups_is_left_alone_for_a_growing_bounded_while(self):
        self.let_it_end()
        self.simulator.queue_fault("refresh", "html", times=1000)
        pauses = []
        for _each in range(12):
            self.later()
            self.env.invalidate_all()
            now = fields.Datetime.now()
            pauses.append(round(((self.connection.retry_at or now) - now).total_seconds(), -1))
            self.connection.retry_at = False
        self.assert_refreshes(12)
        self.assertEqual(pauses[:6], [0, 0, 30, 60, 120, 240])
        self.assertEqual(max(pauses), 3600)
        self.simulator.reset()
        self.authorize()

    def test_a_live_token_is_handed_out_while_ups_is_left_alone(self):
        self.connection.retry_at = fields.Datetime.now() + timedelta(minutes=30)
        self.assertEqual(self.token(), self.company.ups_access_token)
        self.assert_refreshes(0)

    # === A PERSON IS ASKED === #

    def activities(self):
        return self.connection.activity_ids

    def refuse(self):
        self.let_it_end()
        self.simulator.kill_grants()
        return str(self.failure(REAUTHORIZE))

    def test_who_authorized_is_asked_once_however_often_the_token_is_wanted(self):
        sentence = self.refuse()
        self.assertIn("Acme", sentence)
        self.assertIn("UPS's answer:", sentence)
        self.failure(REAUTHORIZE)
        self.assertEqual(self.activities().user_id, self.admin)
        self.assertEqual(len(self.activities()), 1)
        self.assert_refreshes(1)
        self.assertEqual(self.company.ups_authorization_state, "reauthorize")
        self.assertIn("has ended", self.company.ups_reauthorize_reason)
        self.assertIn("has ended", self.connection.message_ids[0].body)

    def test_who_left_is_not_asked_but_the_administrators_are(self):
        """Before or after the question, which Odoo deletes; what is done is not asked again."""
        other = self.new_user("ups_admin_2", "base.group_user,base.group_system")
        self.refuse()
        notes = len(self.connection.message_ids)
        self.admin.action_archive()
        for _daily in range(2):
            self.env["ups.connection"]._ask_about_all()
            asked = self.activities()
            self.assertIn(other, asked.user_id)
            self.assertNotIn(self.admin, asked.user_id)
            self.assertEqual(len(asked.user_id), len(asked))
            self.assertEqual(len(self.connection.message_ids), notes)
            self.env.invalidate_all()
        asked.action_done()
        self.env["ups.connection"]._ask_about_all()
        self.env.invalidate_all()
        self.assertFalse(self.activities())

    def test_waiting_has_an_end(self):
        self.let_it_end()
        key = (self.registry.db_name, self.connection.id, False)
        self.startPatcher(patch.object(ups_connection_refresh, "LONGEST_WAIT", 0.01))
        other = flight(key)
        with other._lock:  # another thread's refresh
            self.assertIn("Try again", str(self.later()))
        self.assertTrue(self.token())

    def test_the_note_of_the_activity_is_text(self):
        self.company.name = "<a href='https://evil.example.com'>Acme</a>"
        self.refuse()
        self.assertNotIn("<a ", self.activities().note)
        self.assertIn("&lt;a ", self.activities().note)

    def test_the_callers_context_does_not_decide_whether_somebody_is_asked(self):
        self.let_it_end()
        self.simulator.kill_grants()
        context = {"mail_activity_automation_skip": True, "default_state": "authorized"}
        company = self.company.with_context(**context)
        self.assertIsInstance(self.error_of(company._ups_get_access_token), REAUTHORIZE)
        self.assertEqual(len(self.activities()), 1)

    def test_an_authorization_of_the_version_before_is_refreshed_too(self):
        self.connection.refreshed_on = False
        self.let_it_end()
        self.assertTrue(self.token())
