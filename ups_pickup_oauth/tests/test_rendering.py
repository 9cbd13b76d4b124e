"""What a mail template, or a server action, can render of a company."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import UpsCase
from .planted_secrets import PlantedSecrets

# What its user may not read.
UNREADABLE = (
    "object.ups_access_token",
    "object.ups_refresh_token",
    "object.ups_connection_id.sealed_access_token",
    "object.ups_connection_ids.sealed_refresh_token",
    "object.env['ups.connection'].search([])._open('sealed_access_token')",
    "object.env['ups.authorization.attempt'].search([]).state_hash",
    "object.env['res.config.settings'].search([]).ups_sealed_client_secret",
)
# What only administrators may read.
FOR_ADMINISTRATORS = ("object.ups_authorization_state", "object.ups_authorized_by_id.name")

# What nobody may render, whatever the template does to be allowed (see template_guard.py).
CLEAR_AS_SUPERUSER = (
    "object.sudo().ups_access_token",
    "object.sudo().ups_refresh_token",
    "object.sudo().ups_connection_id._open('sealed_access_token')",
    "object.env['ups.authorization.attempt'].sudo().search([])._code_verifier()",
    "object.sudo().mapped('ups_access_token')",
    "object.sudo().mapped(lambda each: each.ups_access_token)",
    "object.sudo().read(['ups_access_token'])",
    "object.sudo().web_read({'ups_refresh_token': {}})",
    "object.sudo().export_data(['ups_access_token'])",
)
FROM_METHODS = (
    "object._ups_get_access_token()",
    "object.sudo()._ups_get_access_token()",
    "object._ups_connection_in_use()._live_token().value",
    "object._ups_session()._get_token()",
)
# By way of what calls another one for it: Python's encoder of JSON, and code that may ask itself.
BY_WAY_OF = (
    "json.dumps(object.env.registry['res.company']._ups_get_access_token, default=object.mapped)",
    "object.env['ir.actions.server'].sudo().create({'name': 'Ask', 'state': 'code', 'model_id':"
    " object.env['ir.model'].sudo()._get_id('res.company'), 'code': 'action = dict(it=env.company"
    "._ups_get_access_token())'}).with_context(allowed_company_ids=object.ids).run()",
)

ENGINES = {"subject": "{{ %s }}", "body_html": '<p t-out="%s"/>'}
"""The fields of a template, and how an expression is written there: inline_template and qweb."""


@tagged("post_install", "-at_install")
class TestRendering(PlantedSecrets, UpsCase):
    def setUp(self):
        super().setUp()
        # Every internal user is one, where General Settings do not restrict templates.
        self.users["template editor"] = self.new_user(
            "ups_editor", "base.group_user,mail.group_mail_template_editor"
        )

    def written_and_rendered(self, writer, reader, engine, expression):
        """:return: what the reader sees of the writer's template, or of its refusal."""
        values = {
            "name": "Company",
            "model_id": self.env["ir.model"]._get_id("res.company"),
            engine: ENGINES[engine] % expression,
        }
        try:
            with self.env.cr.savepoint():
                template = self.env["mail.template"].with_user(self.users[writer]).create(values)
                rendered = template.with_user(self.users[reader])
                return str(rendered._render_field(engine, self.company.ids)[self.company.id])
        except UserError as error:
            return str(error)

    # === MAIL TEMPLATES === #

    def test_a_template_renders(self):
        for engine in ENGINES:
            for user in ("template editor", "administrator"):
                shown = self.written_and_rendered(user, user, engine, "object.name + '!'")
                self.assertIn("Acme!", shown)

    def test_an_administrators_template_shows_others_nothing(self):
        for reader in ("internal user", "access rights", "template editor"):
            for engine in ENGINES:
                for expression in FOR_ADMINISTRATORS:
                    shown = self.written_and_rendered("administrator", reader, engine, expression)
                    with self.subTest(reader=reader, engine=engine, expression=expression):
                        self.assertNotIn(">authorized<", f">{shown}<")
                        self.assertNotIn("ups_admin", shown)

    def test_a_template_shows_no_secret(self):
        for user in ("internal user", "access rights", "template editor", "administrator"):
            for engine in ENGINES:
                for expression in (*UNREADABLE, *CLEAR_AS_SUPERUSER, *FROM_METHODS, *BY_WAY_OF):
                    with self.subTest(user=user, engine=engine, expression=expression):
                        shown = self.written_and_rendered(user, user, engine, expression)
                        self.assert_no_secret(shown)

    # === SERVER ACTIONS === #

    def run_action(self, user, expression):
        """:return: what an administrator's action shows to the user who runs it."""
        company = f"object = env['res.company'].browse({self.company.id})"
        action = self.env["ir.actions.server"].create(
            {
                "name": "Show",
                # One of the models that every internal user may write.
                "model_id": self.env["ir.model"]._get_id("ir.filters"),
                "state": "code",
                "code": f"{company}\naction = {{'shown': {expression}}}",
            }
        )
        try:
            with self.env.cr.savepoint():
                return str(action.with_user(self.users[user]).run())
        except UserError as error:
            return str(error)

    def test_a_server_action_runs(self):
        self.assertIn("Acme", self.run_action("internal user", "object.name"))

    def test_a_server_action_shows_no_secret_that_its_user_may_not_read(self):
        for user in ("internal user", "access rights", "administrator"):
            for expression in UNREADABLE:
                with self.subTest(user=user, expression=expression):
                    self.assert_no_secret(self.run_action(user, expression))

    def test_a_server_action_shows_lower_roles_nothing(self):
        for user in ("internal user", "access rights"):
            for expression in FOR_ADMINISTRATORS:
                with self.subTest(user=user, expression=expression):
                    self.assertNotIn("'shown'", self.run_action(user, expression))
