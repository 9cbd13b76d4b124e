from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import UpsCase

EXPRESSIONS = (
    "object.ups_access_token",
    "object.sudo().ups_access_token",
    "object.sudo().ups_refresh_token",
    "object._ups_get_access_token()",
    "object._ups_session()",
    "object.sudo()._ups_session()",
    "object.sudo().ups_connection_id._live_token().value",
    "object.sudo().ups_connection_id._open('sealed_access_token')",
    "object.sudo().mapped('ups_access_token')",
    "object.sudo().mapped(lambda each: each.ups_access_token)",
    "object.sudo().read(['ups_access_token'])",
    "object.sudo().web_read({'ups_refresh_token': {}})",
    "object.sudo().export_data(['ups_access_token'])",
    "object.sudo().filtered_domain([('ups_access_token', '!=', False)])",
)


@tagged("post_install", "-at_install")
class TestTemplateGuard(UpsCase):
    """A Mail Template Editor need not be an administrator, and may write `sudo()`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls.new_user("ups_employee", "base.group_user")
        groups = "base.group_user,mail.group_mail_template_editor"
        cls.editor = cls.new_user("ups_editor", groups)

    def setUp(self):
        super().setUp()
        self.authorize()
        self.tokens = (self.company.ups_access_token, self.company.ups_refresh_token)
        self.env.invalidate_all()

    def render(self, user, engine, source):
        """Save a mail template as the user, and render it, as its preview does."""
        template = self.env["mail.template"].with_user(user)
        template = template.create({"model_id": self.env.ref("base.model_res_company").id})
        field = {"inline_template": "subject", "qweb": "body_html"}[engine]
        template[field] = source
        return template._render_field(field, self.company.ids)[self.company.id]

    def test_a_mail_template_gets_no_token(self):
        for user in (self.employee, self.editor, self.admin):
            for expression in EXPRESSIONS:
                for engine, source in (
                    ("inline_template", "{{ %s }}"),
                    ("qweb", '<t t-out="%s"/>'),
                ):
                    with self.subTest(f"{user.login} {engine} {expression}"):
                        with self.assertRaises(UserError) as caught:
                            self.render(user, engine, source % expression)
                        self.assert_no_token_in(str(caught.exception))

    def test_the_refusal_says_what_to_do(self):
        with self.assertRaisesRegex(AccessError, "in a method of an addon"):
            safe_eval("object.sudo().ups_access_token", {"object": self.company})

    def test_a_template_still_shows_the_company(self):
        shown = self.render(self.employee, "inline_template", "{{ object.name }}")
        self.assertEqual(shown, self.company.name)

    def test_a_page_gets_no_token(self):
        view = self.env["ir.ui.view"].create(
            {"type": "qweb", "arch": '<p t-out="company.sudo().ups_access_token"/>'}
        )
        with self.assertRaisesRegex(Exception, "Templates get no UPS token") as caught:
            self.env["ir.qweb"]._render(view.id, {"company": self.company})
        self.assert_no_token_in(str(caught.exception))

    def test_a_method_of_an_addon_that_a_template_calls_gets_one(self):
        # Its module is none of Odoo's own, as that of an addon that shows a label.
        namespace = {"__name__": "odoo.addons.somebody.models", "company": self.company}
        exec("def label(): return bool(company._ups_get_access_token())", namespace)  # noqa: S102
        self.assertTrue(safe_eval("label()", {"label": namespace["label"]}))

    def test_the_code_of_a_server_action_gets_one(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Ship",
                "state": "code",
                "model_id": self.env.ref("base.model_res_company").id,
                "code": "record.write({'vat': record._ups_get_access_token()})",
            }
        )
        context = {"active_model": "res.company", "active_id": self.company.id}
        action.with_context(**context).run()
        self.assertEqual(self.company.vat, self.tokens[0])

    def assert_no_token_in(self, text):
        for token in self.tokens:
            self.assertNotIn(token, text)
