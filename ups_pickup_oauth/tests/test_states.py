"""The state tells the truth, and nothing is destroyed on a guess."""

import os
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet
from freezegun import freeze_time
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config
from psycopg2.errors import InsufficientPrivilege

from .. import database_identity
from ..database_identity import identity
from ..exceptions import UpsGivenElsewhere, UpsReauthorizationNeeded
from ..live_token import Wish
from ..token_flights import flight
from .common import AuthorizedCase

WORKS = ("authorized", False)


class StateCase(AuthorizedCase):
    def seen(self, company=None):
        """:return: the state and its reason, as an administrator's next request shows them."""
        self.env.flush_all()
        self.env.invalidate_all()
        company = (company or self.company).with_user(self.admin)
        found = company.search([("ups_authorization_state", "=", company.ups_authorization_state)])
        self.assertIn(company, found, "the filter agrees")
        return company.ups_authorization_state, company.ups_reason

    def failure(self, company=None):
        """:return: why another addon gets no token; None if it gets one."""
        self.env.invalidate_all()
        return self.error_of((company or self.company)._ups_get_access_token)

    def press_test(self, company=None):
        """:return: whether the button Test found all well."""
        action = (company or self.company).with_user(self.admin).action_ups_test()
        self.env.invalidate_all()
        return action["context"]["ups_finding_kind"] == "success"

    def activities(self):
        return self.env["mail.activity"].search([("res_model", "=", "ups.connection")])

    def run_daily_job(self):
        self.env["ups.connection"]._ask_about_all()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestStates(StateCase):
    def test_what_makes_it_useless_reads_reauthorize_until_it_is_put_back(self):
        self.authorize(self.other_company)
        self.simulator.forget_requests()
        late = fields.Datetime.now() + timedelta(days=999)
        for cause, reason, words, asked in (
            (self.server(UPS_CLIENT_ID="another"), "other_application", "client ID back", 1),
            (self.server(UPS_ENVIRONMENT="production"), "other_environment", "Test (CIE)", 1),
            (self.server(UPS_BASE_URL="https://localhost:9"), "other_host", "UPS_BASE_URL", 1),
            (self.server(UPS_TOKEN_KEYS="garbage"), "settings", "not a Fernet key", 1),
            (self.parameter("database.uuid", "that of a copy"), "copied", "is a copy", 2),
            (freeze_time(late), "expired", "not renewed in time", 2),
        ):
            with self.subTest(reason):
                self.let_it_end()
                held = self.connection.sealed_refresh_token
                with cause:
                    self.assertEqual(self.seen(), ("reauthorize", reason))
                    shown = self.company.with_user(self.admin).ups_reauthorize_reason
                    self.assertIn(words, shown)
                    self.assertIn(words, str(self.failure()))
                    self.assertEqual(self.simulator.calls(), 0)
                    self.run_daily_job()
                    self.assertEqual(len(self.activities()), asked, "one where one mend ends all")
                self.assertEqual(self.seen(), WORKS)
                self.assertEqual(self.connection.sealed_refresh_token, held)
                self.run_daily_job()
                self.assertFalse(self.activities())
        self.assertFalse(self.failure())

    def test_settings_that_ups_refuses(self):
        self.authorize(self.other_company)
        self.configure(ups_client_secret="not-the-secret")
        self.assertTrue(self.company.with_user(self.admin).ups_is_secret_unproven)
        self.let_it_end()
        calls = self.simulator.calls("refresh")
        for company in (self.company, self.other_company):  # it is one application
            self.assertIn("client secret", str(self.failure(company)))
            self.assertEqual(self.seen(company), ("reauthorize", "settings"))
        told = self.company.with_user(self.admin).ups_problem
        self.assertIn("UPS does not accept the client ID with this client secret", told)
        self.assertIn("Copy the client secret again", told)
        self.run_daily_job()
        self.assertEqual(self.simulator.calls("refresh"), calls + 1)
        self.assertEqual(len(self.activities()), 1, "one secret mends all companies")
        self.assertFalse(self.press_test())
        with freeze_time(fields.Datetime.now() + timedelta(days=999)):
            self.assertEqual(self.seen(), ("reauthorize", "settings"), "OAuth would meet them, too")
            self.assertIn("the UPS settings did not fit", str(self.failure()))

        self.configure()
        self.env.flush_all()
        self.assertTrue(self.press_test(self.other_company))
        for company in (self.company, self.other_company):
            self.assertEqual(self.seen(company), WORKS)
            self.assertFalse(company.with_user(self.admin).ups_is_secret_unproven)
            self.assertFalse(company.with_user(self.admin).ups_problem or company.ups_problem_on)
            self.assertFalse(company.ups_connection_ids.asked_reason)
        self.assertFalse(self.activities(), "one proof is one for all")

    def test_what_ups_refuses_is_sent_again_by_test_and_once_a_day(self):
        """UPS's texts are unpublished: "Service temporarily unavailable" may end as a refusal."""

        def job(days_later=0, name="retry_at"):
            self.connection[name] -= timedelta(days=days_later)
            self.env.flush_all()
            due = self.env["ups.connection"]._due_to_renew()
            self.env["ups.connection"]._renew(fields.Datetime.now(), self.connection)
            self.env.invalidate_all()
            return bool(due)

        words = {"response": {"errors": [{"code": "10500", "message": "Service unavailable"}]}}
        for where, reason in (("", "refused"), ("1/1", "restored")):
            with self.subTest(reason):
                self.connection.database_identity = where or identity(self.env.cr)
                self.let_it_end()
                calls = self.simulator.calls("refresh")
                self.simulator.queue_fault("refresh", "status", status=401, body=words)
                for _each in range(3):
                    self.assertIn("10500 Service unavailable", str(self.failure()))
                self.assertEqual(self.seen(), ("reauthorize", reason))
                self.assertFalse(self.company.ups_problem, "it is told as the reason")
                self.assertIn("10500 Service", self.company.ups_reauthorize_reason)
                self.assertFalse(job(), "within the day")
                self.assertEqual(self.simulator.calls("refresh"), calls + 1)
                asked = self.activities()
                self.simulator.queue_fault("refresh", "status", status=401, body=words)
                self.assertTrue(job(1))
                self.assertEqual(self.seen(), ("reauthorize", reason))
                self.assertEqual(self.activities(), asked, "nobody is asked twice")
                if reason == "refused":
                    self.assertTrue(job(1))
                else:
                    self.assertTrue(self.press_test())
                self.assertEqual(self.simulator.calls("refresh"), calls + 3)
                self.assertEqual(self.seen(), WORKS)
                self.assertFalse(self.activities())
        self.connection._end("refused", "", [])
        self.connection.retry_at = False
        self.assertFalse(job(999, "refresh_token_expires_at"), "its own date is over")
        self.assertEqual(self.simulator.calls("refresh"), calls + 3)

    def test_a_refused_authorization_is_not_sent_to_others(self):
        self.let_it_end()
        self.simulator.kill_grants()
        self.failure()
        self.simulator.forget_requests()
        with self.server(UPS_CLIENT_ID="another"):
            self.assertFalse(self.press_test())
        self.assertEqual(self.simulator.calls(), 0)

    def test_a_key_that_comes_back_is_found_by_whoever_looks(self):
        def job():
            self.env["ups.connection"]._renew(fields.Datetime.now(), self.connection)

        for look in (job, self.press_test, self.failure):
            with self.subTest(look.__name__):
                self.let_it_end()
                calls = self.simulator.calls("refresh")
                with self.server(UPS_TOKEN_KEYS=Fernet.generate_key().decode()):
                    self.assertIn("key that had encrypted", str(self.failure()))
                    self.assertEqual(self.seen(), ("reauthorize", "lost_key"))
                    self.assertEqual(len(self.activities()), 1)
                self.assertIn(self.connection.id, self.env["ups.connection"]._due_to_renew())
                self.assertEqual(self.simulator.calls("refresh"), calls)
                look()
                self.assertEqual(self.seen(), WORKS)
                self.assertFalse(self.activities())

    def test_a_clock_that_was_ahead(self):
        due = self.env["ups.connection"]._due_to_renew
        self.assertFalse(due())
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.authorize()
        self.assertEqual(due(), self.connection.ids, "nobody knows its age")
        self.assertFalse(self.failure())
        self.assertEqual(self.simulator.calls("refresh"), 1)
        self.assertFalse(due())

    def test_an_archived_company_says_that_nothing_is_renewed_and_asks_nobody(self):
        self.admin.company_id = self.other_company
        self.branch.active = False  # as its parent's archiving does
        self.company.active = False
        archived = self.company.with_user(self.admin)
        self.assertEqual(archived.ups_authorization_state, "authorized")
        self.assertIn("renews nothing for an archived company", archived.ups_status)
        with freeze_time(fields.Datetime.now() + timedelta(days=999)):
            self.run_daily_job()
            self.assertFalse(self.activities())
            self.branch.active = True
            self.run_daily_job()
            self.assertEqual(len(self.activities()), 1, "the branch needs it")
            self.branch.active = False
            self.run_daily_job()
            self.assertFalse(self.activities())
            self.company.active = True
            self.assertEqual(self.seen(), ("reauthorize", "expired"))
            self.assertIn("the company was archived", archived.ups_reauthorize_reason)
            self.run_daily_job()
            self.assertEqual(len(self.activities()), 1)
        self.assertNotIn("archived", archived.ups_status)

    def test_of_an_archived_company_that_a_branch_needs_its_administrators_are_asked(self):
        companies = self.other_company + self.company + self.branch
        other = self.new_user("ups_admin_2", "base.group_user,base.group_system", companies)
        self.admin.action_archive()
        self.company.active = False
        self.branch.active = True
        with freeze_time(fields.Datetime.now() + timedelta(days=999)):
            self.run_daily_job()
            self.assertIn(other, self.activities().user_id)

    def test_what_one_was_asked_for_all_is_asked_about_the_next_when_it_is_over_for_one(self):
        def archive():
            self.admin.company_id = self.other_company
            self.company.active = False

        for is_over in (
            self.authorize,
            self.company.with_user(self.admin).action_ups_opt_out,
            archive,
        ):
            with self.subTest(is_over.__name__):
                for company in (self.company, self.other_company):
                    self.authorize(company)
                    self.run_daily_job()
                with self.server(UPS_ENVIRONMENT="production"):
                    self.run_daily_job()
                    self.assertEqual(self.activities().res_id, self.connection.id)
                    is_over()
                    self.run_daily_job()
                    self.assertEqual(
                        self.activities().res_id, self.other_company.ups_connection_ids.id
                    )
                    self.activities().unlink()
                    self.run_daily_job()
                    self.assertFalse(self.activities(), "who deletes a question is asked once")

    def test_whether_one_is_asked_for_all_is_a_few_queries_however_many_companies(self):
        companies = self.env["res.company"].create([{"name": f"Depot {n}"} for n in range(9)])
        rows = self.env["ups.connection"].create(
            [{"company_id": each.id, "asked_reason": "settings"} for each in companies]
        )
        rows[-1]._ask_person(self.admin, "settings")

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self.connection._somebody_is_asked("settings"))
            return self.env.cr.sql_log_count - before

        queries()  # what Odoo keeps between requests
        many = queries()
        rows[:-1].asked_reason = False
        self.assertEqual(queries(), many)

    def test_connected_again_the_old_tokens_stay_until_the_new_ones_are_there(self):
        held = self.connection.sealed_refresh_token
        self.connection.user_note = "the UPS user of the warehouse"
        self.go_to_ups()
        self.assertEqual(self.connection.sealed_refresh_token, held)
        self.assertEqual(self.seen(), WORKS)
        self.authorize()
        self.assertNotEqual(self.connection.sealed_refresh_token, held)
        self.assertTrue(self.connection.user_note)

    def test_a_failure_of_another_thread_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        flying = flight((self.env.registry.db_name, self.connection.id, False))
        flying._result, flying._ended_at = self.connection._try_later(None), float("inf")
        for lang in ("en_US", "fr_FR"):
            reader = self.connection.with_context(lang=lang)
            with self.subTest(lang):
                told = self.error_of(lambda reader=reader: reader._refreshed_token(Wish()))
                self.assertEqual(str(told), str(reader._try_later(None)))
                self.assertEqual("not available" in str(told), lang == "en_US")

    def test_nothing_is_left_of_a_deleted_company(self):
        # Past what sales and stock would make for it, which lets nobody delete it any more.
        partner = self.env["res.partner"].create({"name": "Gone"})
        values = {"name": "Gone", "partner_id": partner.id}
        company = models.BaseModel.create(self.env["res.company"], [values])
        self.admin.company_ids += company
        self.authorize(company)
        self.let_it_end()
        self.simulator.kill_grants()
        self.failure(company)
        row = company.ups_connection_ids.id
        of_it = [("model", "=", "ups.connection"), ("res_id", "=", row)]
        self.assertTrue(self.env["mail.message"].search(of_it) and self.activities())
        company.unlink()
        self.assertFalse(self.env["mail.message"].search(of_it) or self.activities())

    def test_a_field_that_another_addon_requires(self):
        field = {"name": "x_cost_center", "ttype": "char", "required": True}
        model = {"model_id": self.env["ir.model"]._get_id("ups.connection")}
        self.env["ir.model.fields"].create(field | model)
        self.env["ir.default"].set("ups.connection", "x_cost_center", "Transport")
        self.authorize(self.other_company)
        self.assertEqual(self.other_company.ups_connection_ids.x_cost_center, "Transport")

    def test_what_others_hook_into_it_undoes_nothing(self):
        """An automation rule, a Studio field, an activity or a mail that fails."""
        model = type(self.connection)
        answers = (("works", WORKS), ("kill_grants", ("reauthorize", "refused")))
        for hook in ("_log", "activity_schedule", "write", "modified", "_ask_people"):
            for answer, expected in answers:
                with self.subTest(hook, answer=answer):
                    self.authorize()
                    self.connection._put({"asked_reason": "settings"})  # there is much to tell
                    self.let_it_end()
                    getattr(self.simulator, answer, list)()
                    with (
                        patch.object(model, hook, side_effect=ZeroDivisionError),
                        patch.object(model, "_others_depend", return_value=True),
                    ):
                        failure = self.failure()
                    self.assertEqual(bool(failure), answer != "works")
                    self.assertEqual(self.seen(), expected)
                    live = self.simulator.is_live_refresh_token(self.company.ups_refresh_token)
                    self.assertEqual(live, answer == "works")


@tagged("post_install", "-at_install")
class TestCopies(StateCase):
    """Copy or move? The database's identity tells, and for the rest a person."""

    def other_database(self, where):
        """:return: the identity of a database beside this one, or of one that is gone."""
        self.env.cr.execute("SELECT oid FROM pg_database WHERE datname = 'template1'")
        [oid] = self.env.cr.fetchone()
        cluster = identity(self.env.cr).partition("/")[0]
        return {
            "beside": f"{cluster}/{oid}",
            "dropped": f"{cluster}/4294967295",
            "another server": f"1/{oid}",
        }[where]

    def test_one_whose_original_stands_beside_it_asks_nothing(self):
        for where, works in (("dropped", True), ("another server", True), ("beside", False)):
            with self.subTest(where):
                self.authorize()
                self.connection.database_identity = self.other_database(where)
                self.assertEqual(self.seen(), WORKS if works else ("reauthorize", "copied"))
                calls = self.simulator.calls()
                for _with_a_live_token_and_without in range(2):
                    failure = self.failure()
                    self.assertEqual(isinstance(failure, UpsGivenElsewhere), not works, failure)
                    self.let_it_end()
                self.assertEqual(self.simulator.calls(), calls + works)

    def test_a_role_that_may_not_ask_which_server_this_is(self):
        before = identity(self.env.cr)
        with self.role_without("pg_control_system()"):
            own = identity(self.env.cr)
            self.assertNotEqual(own, before)
            for where, works in (
                (before, True),  # given before somebody revoked it
                (own, True),
                (self.other_database("dropped"), True),
                (self.other_database("beside"), False),
            ):
                with self.subTest(where):
                    self.authorize()
                    self.connection.database_identity = where
                    self.let_it_end()
                    self.assertEqual(self.seen(), WORKS if works else ("reauthorize", "copied"))
                    self.assertEqual(bool(self.failure()), not works)
                    self.assertEqual(self.press_test(), works)
                    self.assertEqual(self.seen(), WORKS if works else ("reauthorize", "copied"))
            self.company.with_user(self.admin).action_ups_original()
            self.assertTrue(self.press_test())
        self.assertEqual(self.seen(), WORKS, "given while it was revoked")

    @contextmanager
    def role_without(self, function):
        """As if the server's PostgreSQL role could not execute a function."""
        statements = (
            "CREATE ROLE ups_plain",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO ups_plain",
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ups_plain",
            f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC",
            "SET LOCAL ROLE ups_plain",
        )
        self.addCleanup(database_identity._clusters.clear)
        with ExitStack() as played:
            try:
                with self.env.cr.savepoint(flush=False):
                    self.env.cr.execute("; ".join(statements), log_exceptions=False)
            except InsufficientPrivilege:  # a PostgreSQL of somebody's own, whose user has few
                unknown = {"return_value": database_identity.UNKNOWN}
                played.enter_context(patch.object(database_identity, "_cluster", **unknown))
            self.new_connection()
            yield
            self.env.flush_all()
            self.env.cr.execute("RESET ROLE")
        self.new_connection()

    def new_connection(self):
        database_identity._clusters.clear()
        self.env.cr.cache.clear()

    def test_a_person_says_that_this_is_the_original(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.startPatcher(patch.dict(config._runtime_options, {"data_dir": folder.name}))
        self.startPatcher(patch.dict(os.environ))
        for keys in ("UPS_TOKEN_KEYS", "key files"):
            with self.subTest(keys):
                if keys == "key files":
                    del os.environ["UPS_TOKEN_KEYS"]
                    self.configure()
                for company in (self.company, self.other_company):
                    self.authorize(company)
                self.let_it_end()
                self.simulator.forget_requests()
                self.env["ir.config_parameter"].set_param("database.uuid", f"after {keys}")
                self.assertEqual(self.seen(), ("reauthorize", "copied"))
                self.assertTrue(isinstance(self.failure(), UpsReauthorizationNeeded))
                self.assertFalse(self.press_test())
                self.assertEqual(self.simulator.calls(), 0)

                self.company.with_user(self.admin).action_ups_original()
                for company in (self.company, self.other_company):
                    self.assertEqual(self.seen(company), WORKS)
                    self.assertFalse(self.failure(company))
                self.assertTrue(self.press_test())
                with self.assertRaisesRegex(UserError, "no copy"):
                    self.company.with_user(self.admin).action_ups_original()
