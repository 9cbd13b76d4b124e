from lxml import etree
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import UpsCase


@tagged("post_install", "-at_install")
class TestCompany(UpsCase):
    def test_nobody_follows_a_connection(self):
        """Every employee may read who follows what."""
        self.authorize()
        connection = self.company.ups_connection_ids
        connection._end("refused", "", [])
        connection._ask_people()  # its activity would let the administrator follow
        connection.with_user(self.admin).message_subscribe(self.admin.partner_id.ids)
        self.assertTrue(connection.activity_ids)
        followers = self.env["mail.followers"].search([("res_model", "=", connection._name)])
        self.assertFalse(followers)

    def test_the_tokens_are_encrypted_in_the_database(self):
        self.authorize()
        tokens = self.company.ups_access_token, self.company.ups_refresh_token
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM ups_connection")
        [row] = self.env.cr.dictfetchall()
        for token in tokens:
            self.assertNotIn(token, str(row))

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

    def test_the_filters_find_companies_and_those_of_branches(self):
        """The action's list shows no branches, so it shows whose branch has to be renewed."""
        self.authorize(self.branch)
        self.assertEqual(self.filtered_by("ups_authorized"), self.company)
        self.assertFalse(self.filtered_by("ups_reauthorize"))
        self.branch.ups_connection_ids.state = "reauthorize"
        self.assertEqual(self.filtered_by("ups_reauthorize"), self.company)
        self.assertFalse(self.filtered_by("ups_authorized"))
        self.authorize(self.other_company)
        self.assertEqual(self.filtered_by("ups_authorized"), self.other_company)

    def filtered_by(self, name):
        """:return: what the list of companies shows with that filter of its search view."""
        companies = self.env["res.company"].with_user(self.admin)
        search = etree.fromstring(companies.get_view(view_type="search")["arch"])
        [domain] = search.xpath(f"//filter[@name='{name}']/@domain")
        ours = [("id", "in", self.companies.ids), ("parent_id", "=", False)]
        return companies.search(Domain.AND([ours, safe_eval(domain)]))

    def test_the_test_environment_is_marked_wherever_the_state_shows(self):
        self.assertEqual(self.company.ups_test_environment, "cie", "where OAuth would lead")
        self.authorize()
        self.configure(ups_environment="production")
        self.env.invalidate_all()
        self.assertEqual(self.company.ups_test_environment, "cie", "where it is authorized")
        self.assertEqual(self.branch.ups_test_environment, "cie")
        self.assertFalse(self.other_company.ups_test_environment)
        self.assertFalse(self.env["res.config.settings"].create({}).ups_test_environment)

    def test_a_page_costs_a_few_queries_more_however_many_companies(self):
        companies = self.env["res.company"].create([{"name": f"Depot {n}"} for n in range(20)])
        self.admin.company_ids += companies
        for each in companies[7:16]:
            self.authorize(each)
        companies[8].ups_connection_ids.write({"state": "reauthorize", "reason": "refused"})
        for view_type in ("list", "form"):
            few = self.queries_of_ours(view_type, companies[7])
            many = self.queries_of_ours(view_type, companies)
            self.assertLessEqual(many, 2, view_type)
            self.assertEqual(many, few, view_type)

    def queries_of_ours(self, view_type, companies):
        """:return: how many more queries a page of Odoo's own view needs for our fields in it."""
        companies = companies.with_user(self.admin).with_context(lang="en_US")
        view = etree.fromstring(companies.get_view(view_type=view_type)["arch"])
        names = {*view.xpath("//field[not(ancestor::field)]/@name")}
        ours = {name for name in names if name.startswith("ups_")}
        self.assertTrue(ours)
        plain = {name: {} for name in ("name", "active", "parent_id")}

        def queries(specification):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            companies.web_read(specification)
            return self.env.cr.sql_log_count - before

        everything = plain | {name: {} for name in ours}
        queries(everything)  # what Odoo keeps between requests
        return queries(everything) - queries(plain)

    def test_the_address_of_the_landing_claims_nothing_untrue(self):
        companies = self.env["res.company"].with_user(self.admin)
        nowhere = {"type": "ir.actions.act_url", "url": "/odoo/companies", "target": "self"}
        for company_id in (0, 999_999, "abc", None, True, [self.company.id]):
            self.assertEqual(companies._ups_landing_action(company_id), nowhere)
        landed = companies._ups_landing_action(self.company.id)["params"]
        self.assertEqual(landed, {"path": f"/odoo/companies/{self.company.id}", "dialog": False})
        self.authorize()
        landed = companies._ups_landing_action(self.company.id)["params"]
        self.assertEqual(landed["dialog"]["res_id"], self.company.id)
        self.assertTrue(landed["dialog"]["context"]["ups_welcome"])

    def test_the_landing_leads_back_to_where_the_user_began(self):
        company = self.company.with_user(self.admin)
        for begun_in, path in (
            ("list", "/odoo/companies"),
            ("settings", "/odoo/settings"),
            ("//evil.example.com", f"/odoo/companies/{company.id}"),
        ):
            button = company.with_context(ups_return_to=begun_in)
            company.with_context(**button.action_ups_api()["context"]).action_ups_oauth()
            landed = company._ups_landing_action(company.id)["params"]["path"]
            self.assertEqual(landed, path, begun_in)

    def test_opt_out_asks_by_the_names_of_who_loses_what(self):
        self.authorize()
        asked = self.company.with_user(self.admin).action_ups_ask_opt_out()["params"]["question"]
        for company in (self.company, self.branch):
            self.assertIn(company.name, asked)
        self.authorize(self.branch)
        asked = self.branch.with_user(self.admin).action_ups_ask_opt_out()["params"]["question"]
        self.assertRegex(asked, "Acme Harbour.* then uses that of Acme")

    def test_the_dialog_says_what_is_missing_before_it_promises_anything(self):
        company = self.company.with_user(self.admin)
        self.assertFalse(company.ups_missing_setting)
        self.forget_application()
        company.invalidate_recordset()
        self.assertIn("client ID", company.ups_missing_setting)

    def test_the_views_survive_what_other_addons_do_to_their_parents(self):
        """Theirs come first, as those of an addon with a lower priority, and ours are read anew."""
        self.change_first("base.view_company_tree", """<field name="name" position="replace"/>""")
        self.change_first("base.view_res_company_kanban", """<hr position="replace"/>""")
        self.change_first(
            "base.view_company_form",
            """<data><div name="button_box" position="replace"/>
                <xpath expr="//div[hasclass('oe_title')]" position="replace"/></data>""",
        )
        self.change_first(
            "base_setup.res_config_settings_view_form",
            """<block name="integration" position="attributes">
                <attribute name="name">of_others</attribute></block>""",
        )
        arch = """<search><field name="name"/></search>"""
        search = {"name": "First", "model": "res.company", "priority": 1, "arch": arch}
        self.env["ir.ui.view"].create(search)
        for view_type in ("list", "kanban", "form"):
            self.assertIn("action_ups_api", self.shown(self.company, view_type))
        self.assertIn("ups_redirect_uri", self.shown(self.env["res.config.settings"], "form"))
        self.assertIn("ups_reauthorize", self.shown(self.company, "search"))

    def change_first(self, parent, arch):
        parent = self.env.ref(parent)
        view = {"name": "Another addon's", "model": parent.model, "inherit_id": parent.id}
        self.env["ir.ui.view"].create(view | {"priority": 1, "arch": arch})

    def shown(self, records, view_type):
        """:return: the view as an administrator gets it, validated as at installation."""
        records = records.with_user(self.admin)
        view = self.env["ir.ui.view"].browse(records.get_view(view_type=view_type)["id"])
        view._check_xml()
        return records.get_view(view_type=view_type)["arch"]
