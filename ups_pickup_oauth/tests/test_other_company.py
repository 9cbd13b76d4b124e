"""What an administrator of one company gets to see and to do of another company."""

from urllib.parse import urlsplit

from lxml import html
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import const
from .common import UpsHttpCase, end_authorization
from .planted_secrets import PlantedSecrets
from .test_roles import PROBING, READING, REFUSED, answer_of, outcome, shows


@tagged("post_install", "-at_install")
class TestOtherCompany(PlantedSecrets, UpsHttpCase):
    """The administrator has Bolt; Acme is authorized, and somebody is on the way to UPS for it."""

    def setUp(self):
        super().setUp()
        groups = "base.group_user,base.group_system"
        self.stranger = self.new_user("ups_stranger", groups, self.other_company)
        self.contexts = (
            {},
            {"allowed_company_ids": self.company.ids},
            {"allowed_company_ids": (self.other_company + self.company).ids},
            {"company_id": self.company.id, "force_company": self.company.id},
            {"active_test": False, "active_id": self.company.id, "uid": self.admin.id, "su": True},
        )

    def as_stranger(self, records):
        for context in self.contexts:
            yield records.with_user(self.stranger).with_context(**context)

    def test_the_note_of_a_parent_is_not_the_branchs_to_write(self):
        self.company.ups_connection_ids.user_note = "the UPS user of the warehouse"
        groups = "base.group_user,base.group_system"
        of_branch = self.new_user("ups_of_branch", groups, self.branch)
        self.branch.with_user(of_branch).ups_user_note = "forged"
        self.env.flush_all()
        self.env.invalidate_all()
        note = self.company.ups_connection_ids.user_note
        self.assertEqual(note, "the UPS user of the warehouse")

    # === SEEING === #

    def test_nothing_comes_back_of_rows_of_another_company(self):
        for model in ("ups.connection", "ups.authorization.attempt"):
            for records in self.as_stranger(self.records[model]):
                for door, call in READING.items():
                    with self.subTest(model=model, door=door, context=records.env.context):
                        for name in self.fields_of(model):
                            answer = answer_of(call, records, name)
                            self.assert_no_secret(answer)
                            if (door, name) not in self.constants:
                                self.assertFalse(shows(answer, name), name)

    def test_another_company_looks_as_if_nobody_had_ever_authorized_it(self):
        authorized = self.all_that_is_shown()
        self.records["ups.authorization.attempt"].unlink()
        self.records["ups.connection"].unlink()
        self.env.invalidate_all()
        self.assertEqual(authorized, self.all_that_is_shown())
        self.assertIn("not_authorized", str(authorized), "something was shown at all")

    def all_that_is_shown(self):
        return {
            (door, name, number): str(answer_of(call, company, name))
            for number, company in enumerate(self.as_stranger(self.company))
            for door, call in READING.items()
            for name in self.fields_of("res.company")
        }

    def test_a_form_that_is_given_another_company_as_parent_shows_nothing_of_it(self):
        def shown(company, parent_id):
            values = {"name": "Branch", "parent_id": parent_id}
            return answer_of(company.onchange, values, ["parent_id"], {name: {}})

        company = self.other_company.with_user(self.stranger)
        for name in self.fields_of("res.company"):
            for record in (company, company.browse()):
                with_parent = shown(record, self.company.id)
                self.assert_no_secret(with_parent)
                self.assertEqual(with_parent, shown(record, False), name)

    def test_no_search_tells_something_of_another_company(self):
        state = [("ups_authorization_state", "in", ["authorized", "reauthorize"])]
        for records in self.as_stranger(self.company):
            for door, call in PROBING.items():
                with self.subTest(door=door, context=records.env.context):
                    nothing = REFUSED | {outcome(call, records, [(0, "=", 1)])}
                    self.assertIn(outcome(call, records, state), nothing)
        users = self.env["res.users"].with_user(self.stranger)
        for path in ("company_id", "company_ids", "partner_id.company_id"):
            self.assertFalse(users.search([(f"{path}.{state[0][0]}", *state[0][1:])]), path)

    def test_the_history_of_another_company_is_not_shown(self):
        connection = self.records["ups.connection"]
        end_authorization(connection)
        about = {"res_model": connection._name, "res_id": connection.id}
        attachment = self.env["ir.attachment"].create(about | {"name": "History"})
        for history in (connection.message_ids, connection.activity_ids, attachment):
            self.assertTrue(history)
            for rows in self.as_stranger(history):
                with self.subTest(model=rows._name, context=rows.env.context):
                    found = outcome(rows.search, [("id", "in", rows.ids)])
                    self.assertIn(found, REFUSED | {str(rows.browse())})
                    self.assertIn(outcome(rows.read), REFUSED)
                    self.assertIn(outcome(rows.unlink), REFUSED)

    def test_the_web_client_gets_no_history_of_another_company(self):
        self.authenticate("ups_stranger", "ups_stranger")
        thread_id = self.records["ups.connection"].id
        about = {"thread_model": "ups.connection", "thread_id": thread_id}
        answer = answer_of(self.make_jsonrpc_request, "/mail/thread/messages", about)
        self.assertNotIn("Authorized at UPS", str(answer))
        self.authenticate("ups_admin", "ups_admin")
        shown = self.make_jsonrpc_request("/mail/thread/messages", about)
        self.assertIn("Authorized at UPS", str(shown), "the same question, to an administrator")

    # === GENERAL SETTINGS === #

    def test_general_settings_show_nothing_of_another_company(self):
        name = "ups_authorization_state"
        settings = self.env["res.config.settings"].with_user(self.stranger)
        values = {"company_id": self.company.id}
        row = settings.create(values)
        shown = {
            "saved": row.web_save(values, {name: {}})[0][name],
            "read": row.read([name])[0][name],
            "switched": settings.onchange(values, ["company_id"], {name: {}})["value"].get(name),
            "opened": settings.onchange(values, [], {name: {}})["value"].get(name),
        }
        for door, state in shown.items():
            with self.subTest(door):
                self.assertNotEqual(state, "authorized")
        with self.assertRaises(AccessError):
            row.action_ups_api()

    def test_general_settings_show_ones_own_company(self):
        self.authorize(self.other_company)
        row = self.env["res.config.settings"].with_user(self.stranger).create({})
        [shown] = row.read(["ups_authorization_state"])
        self.assertEqual(shown["ups_authorization_state"], "authorized")

    # === STARTING, FINISHING, ENDING === #

    def test_no_action_runs_for_another_company(self):
        for company in self.as_stranger(self.company):
            for name in dir(type(company)):
                if name.startswith("action_ups_"):
                    with self.subTest(action=name, context=company.env.context):
                        self.assertEqual(outcome(getattr(company, name)), "AccessError")
        self.assert_nothing_happened()

    def test_no_action_runs_for_two_companies_at_once(self):
        both = (self.other_company + self.company).with_user(self.stranger)
        for name in dir(type(both)):
            if name.startswith("action_ups_"):
                with self.subTest(name):
                    self.assertIn(outcome(getattr(both, name)), REFUSED)
        self.assert_nothing_happened()

    def test_a_branch_does_not_end_the_authorization_of_its_parent(self):
        of_branch = self.new_user("ups_of_branch", "base.group_user,base.group_system", self.branch)
        with self.assertRaises(UserError):
            self.branch.with_user(of_branch).action_ups_opt_out()
        with self.assertRaises(AccessError):
            self.company.with_user(of_branch).action_ups_opt_out()
        self.assert_nothing_happened()

    def test_an_answer_for_another_company_is_not_finished(self):
        answer = self.simulator.person_agrees(self.go_to_ups())
        self.rows = self.stored_rows()
        self.simulator.forget_requests()
        self.authenticate("ups_stranger", "ups_stranger")
        response = self.url_open(answer, allow_redirects=False)
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("Acme", response.text)
        self.assertFalse(html.fromstring(response.text).forms, "no company is offered")
        self.assert_nothing_happened()

    def test_try_again_starts_nothing_for_another_company(self):
        self.authenticate("ups_stranger", "ups_stranger")
        answer = self.simulator.person_cancels(self.go_to_ups(self.other_company, self.stranger))
        form = html.fromstring(self.url_open(answer).text).forms[0]
        self.rows = self.stored_rows()
        self.simulator.forget_requests()
        fields = dict(form.fields, company_id=self.company.id)
        response = self.url_open(const.TRY_AGAIN_ROUTE, data=fields, allow_redirects=False)
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("Acme", response.text)
        self.assert_nothing_happened()

    def test_the_landing_of_another_company_leads_to_the_list(self):
        self.authenticate("ups_stranger", "ups_stranger")
        landing = self.env.ref("ups_pickup_oauth.action_ups_authorized").id
        params = {"action_id": landing, "context": {"active_id": self.company.id}}
        action = self.make_jsonrpc_request("/web/action/run", params)
        self.assertEqual(urlsplit(action["url"]).path, "/odoo/companies")
