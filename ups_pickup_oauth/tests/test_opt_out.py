from odoo.tests import tagged
from odoo.tools import format_datetime

from ..exceptions import UpsNothingToDo, UpsReauthorizationNeeded
from .common import UpsCase


@tagged("post_install", "-at_install")
class TestOptOut(UpsCase):
    def setUp(self):
        super().setUp()
        self.authorize()
        self.simulator.forget_requests()

    def opt_out(self, company=None):
        return (company or self.company).with_user(self.admin).action_ups_opt_out()

    def test_nothing_of_the_authorization_is_left(self):
        tokens = (self.company.ups_access_token, self.company.ups_refresh_token)
        self.opt_out()
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")
        self.assertFalse(self.company.ups_access_token or self.company.ups_refresh_token)
        self.assertFalse(self.company.ups_authorized_by_id or self.company.ups_authorized_on)
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM ups_connection")
        [row] = self.env.cr.dictfetchall()
        self.assertFalse(row["sealed_access_token"] or row["sealed_refresh_token"])
        self.assertTrue(
            all(map(self.simulator.is_live_refresh_token, tokens[1:])), "UPS is not told"
        )

    def test_it_ends_a_token_that_the_same_transaction_has_opened(self):
        self.assertTrue(self.company._ups_get_access_token())
        self.opt_out()
        with self.assertRaises(UpsReauthorizationNeeded):
            self.company._ups_get_access_token()

    def test_it_says_what_it_cannot_do_at_ups(self):
        message = self.opt_out()["context"]["ups_finding"]
        self.assertIn("reset your UPS.com password", message)

    def test_it_works_when_ups_is_down(self):
        self.simulator.stop()
        self.addCleanup(self.simulator.start)
        self.opt_out()
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")

    def test_it_works_when_the_key_is_lost(self):
        self.company.ups_connection_ids.sealed_refresh_token = "gAAAAnot-ours"
        self.opt_out()
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")

    def test_the_history_keeps_who_and_when(self):
        authorized_on = format_datetime(
            self.env, self.company.ups_authorized_on, tz="UTC", dt_format="short"
        )
        self.opt_out()
        history = self.company.ups_connection_ids.message_ids
        opted_out, authorized = history[0], history[1]
        self.assertIn("Opted out", opted_out.body)
        self.assertIn(self.admin.name, opted_out.body)
        self.assertIn(authorized_on, opted_out.body)
        self.assertEqual(opted_out.author_id, self.admin.partner_id)
        self.assertIn("Authorized at UPS", authorized.body)
        self.assertEqual(authorized.author_id, self.admin.partner_id)

    def test_twice_is_a_sentence(self):
        self.opt_out()
        with self.assertRaisesRegex(UpsNothingToDo, "nothing to end"):
            self.opt_out()

    def test_a_branch_cannot_end_its_parents_authorization(self):
        with self.assertRaisesRegex(UpsNothingToDo, "no UPS authorization of its own"):
            self.opt_out(self.branch)
        self.authorize(self.branch)
        self.opt_out(self.branch)
        self.assertEqual(self.company.ups_authorization_state, "authorized")
        self.assertEqual(self.branch.ups_authorization_company_id, self.company)

    def test_a_branch_is_told_that_it_falls_back_to_its_parent(self):
        self.authorize(self.branch)
        message = self.opt_out(self.branch)["context"]["ups_finding"]
        self.assertIn("It now uses the authorization of Acme", message)
        history = self.branch.with_user(self.admin).action_ups_history()["res_id"]
        self.assertEqual(self.env["ups.connection"].browse(history).company_id, self.branch)

    def test_an_archived_company_can_be_opted_out(self):
        self.authorize(self.other_company)
        self.other_company.active = False
        self.opt_out(self.other_company)
        self.assertEqual(self.other_company.ups_authorization_state, "not_authorized")

    def test_other_companies_keep_theirs(self):
        self.authorize(self.other_company)
        self.opt_out()
        self.assertEqual(self.other_company.ups_authorization_state, "authorized")
