from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import UpsCase

SECRET_FIELDS = ("ups_access_token", "ups_refresh_token")


@tagged("post_install", "-at_install")
class TestCompany(UpsCase):
    def test_the_fields_show_what_the_connection_holds(self):
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")
        self.assertFalse(self.company.ups_access_token)
        self.authorize()
        company = self.company
        self.assertEqual(company.ups_authorization_state, "authorized")
        self.assertEqual(company.ups_authorized_by_id, self.admin)
        self.assertTrue(company.ups_authorized_on)
        self.assertGreater(
            company.ups_refresh_token_expires_at, company.ups_access_token_expires_at
        )
        self.assertTrue(self.simulator.is_live_access_token(company.ups_access_token))
        self.assertTrue(self.simulator.is_live_refresh_token(company.ups_refresh_token))

    def test_nobody_reads_a_token_over_rpc(self):
        self.authorize()
        for name in SECRET_FIELDS:
            with self.subTest(name), self.assertRaises(AccessError):
                self.company.with_user(self.admin).read([name])
            with self.subTest(name), self.assertRaises(AccessError):
                self.company.with_user(self.admin).export_data([name])
        connection = self.company.ups_connection_ids.with_user(self.admin)
        for name in ("sealed_access_token", "sealed_refresh_token"):
            with self.subTest(name), self.assertRaises(AccessError):
                connection.read([name])
            with self.subTest(name), self.assertRaises(AccessError):
                connection.search([(name, "=like", "gAAAA%")])

    def test_a_read_of_all_fields_holds_no_token(self):
        self.authorize()
        connection = self.company.ups_connection_id
        shown = str(self.company.with_user(self.admin).read())
        shown += str(connection.with_user(self.admin).read())
        for secret in (
            *(self.company[name] for name in SECRET_FIELDS),
            connection.sealed_access_token,
            connection.sealed_refresh_token,
        ):
            self.assertNotIn(secret, shown)

    def test_the_tokens_are_encrypted_in_the_database(self):
        self.authorize()
        tokens = [self.company[name] for name in SECRET_FIELDS]
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM ups_connection")
        [row] = self.env.cr.dictfetchall()
        for token in tokens:
            self.assertNotIn(token, str(row))

    def test_nobody_writes_a_connection_or_sees_an_attempt(self):
        self.authorize()
        self.go_to_ups()
        connection = self.company.ups_connection_id.with_user(self.admin)
        with self.assertRaises(AccessError):
            connection.write({"state": "reauthorize"})
        with self.assertRaises(AccessError):
            connection.unlink()
        with self.assertRaises(AccessError):
            self.attempts().with_user(self.admin).read(["status"])

    def test_a_branch_uses_the_authorization_of_its_parent(self):
        self.authorize(self.company)
        self.assertEqual(self.branch.ups_authorization_state, "authorized")
        self.assertEqual(self.branch.ups_authorization_company_id, self.company)
        self.assertFalse(self.branch.ups_is_own_authorization)
        self.assertEqual(self.branch.ups_access_token, self.company.ups_access_token)

    def test_a_branch_with_one_of_its_own_uses_that(self):
        self.authorize(self.company)
        self.authorize(self.branch)
        self.assertTrue(self.branch.ups_is_own_authorization)
        self.assertNotEqual(self.branch.ups_access_token, self.company.ups_access_token)

    def test_a_parent_does_not_use_the_authorization_of_a_branch(self):
        self.authorize(self.branch)
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")

    def test_an_administrator_of_another_company_sees_nothing(self):
        self.authorize()
        stranger = self.new_user(
            "ups_stranger", "base.group_user,base.group_system", self.other_company
        )
        company = self.company.with_user(stranger)
        shown = company.read([name for name in company.fields_get() if name.startswith("ups_")])[0]
        self.assertEqual(shown.pop("ups_authorization_state"), "not_authorized")
        self.assertEqual(shown.pop("id"), self.company.id)
        self.assertFalse(any(shown.values()), shown)
        self.assertFalse(company.search([("ups_authorization_state", "=", "authorized")]))
        self.assertFalse(self.env["ups.connection"].with_user(stranger).search([]))
        self.assertTrue(self.company.with_user(self.admin).ups_authorized_on)
        self.assertFalse(company.ups_authorized_on, "not even from the cache of another user")

    def test_only_what_can_be_searched_is_offered_for_it(self):
        for name, field in self.env["res.company"].with_user(self.admin).fields_get().items():
            if name.startswith("ups_"):
                self.assertEqual(field["searchable"], name == "ups_authorization_state", name)

    def test_companies_are_found_by_state(self):
        self.authorize(self.company)
        companies = self.env["res.company"]
        ours = [("id", "in", self.companies.ids)]
        authorized = companies.search([*ours, ("ups_authorization_state", "=", "authorized")])
        self.assertEqual(authorized, self.company + self.branch)
        others = companies.search([*ours, ("ups_authorization_state", "!=", "authorized")])
        self.assertEqual(others, self.other_company)
        found = companies.search([*ours, ("ups_authorization_state", "in", ["reauthorize"])])
        self.assertFalse(found)

    def test_the_modal_is_the_company_in_a_dialog(self):
        action = self.company.with_user(self.admin).action_ups_api()
        self.assertEqual(action["name"], "UPS API")
        self.assertEqual((action["target"], action["res_id"]), ("new", self.company.id))
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        self.assertEqual(settings.action_ups_api()["res_id"], self.admin.company_id.id)

    def test_the_list_costs_the_same_for_one_company_and_for_many(self):
        companies = self.env["res.company"].create([{"name": f"Depot {n}"} for n in range(20)])
        self.authorize(companies[7])
        self.env.flush_all()

        def queries(records):
            self.env.invalidate_all()
            records.mapped("name")  # what the list reads anyway
            before = self.env.cr.sql_log_count
            records.mapped("ups_authorization_state")
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(queries(companies), 2)
        self.assertEqual(queries(companies), queries(companies[7]))

    def test_the_address_of_the_landing_claims_nothing_untrue(self):
        companies = self.env["res.company"].with_user(self.admin)
        nowhere = {"type": "ir.actions.act_url", "url": "/odoo/companies", "target": "self"}
        for company_id in (0, 999_999, "abc", None, True, [self.company.id]):
            self.assertEqual(companies._ups_landing_action(company_id), nowhere)
        self.assertEqual(companies._ups_landing_action(self.company.id)["res_id"], self.company.id)
        self.authorize()
        landed = companies._ups_landing_action(self.company.id)
        self.assertEqual(
            landed["params"]["message"],
            "Acme is authorized. UPS pickups can now act for this company.",
        )
        self.assertEqual(landed["params"]["next"]["res_id"], self.company.id)
