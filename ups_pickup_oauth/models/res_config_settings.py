from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import const, messages, token_keys
from ..server_advice import server_advice
from ..settings import ENVIRONMENTS, redirect_uri, ups_settings
from ..ups_client import FixSettings, UpsError

_ENVIRONMENT_NAMES = [("production", "Production"), ("cie", "Test (CIE)")]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ups_client_id = fields.Char(string="UPS Client ID")
    ups_client_secret = fields.Char(
        string="UPS Client Secret",
        help="Write-only: what is stored is never shown. Leave it empty to keep it.",
        compute="_compute_ups_client_secret",
        inverse="_inverse_ups_client_secret",
    )
    # Between Save's two calls, create() and execute(), the secret waits in this table.
    ups_sealed_client_secret = fields.Char(groups=fields.NO_ACCESS)
    ups_environment = fields.Selection(
        _ENVIRONMENT_NAMES,
        string="UPS Environment",
        help="The Customer Integration Environment (CIE) is UPS's test system.",
    )
    ups_use_pkce = fields.Boolean(
        string="Use PKCE",
        help="UPS recommends it. Switch it off only if UPS keeps refusing the authorization.",
    )
    # As they were when the page was opened: Save sends every field of the page, and somebody may
    # have saved other values since. Only what differs from these was touched.
    ups_loaded_client_id = fields.Char()
    ups_loaded_environment = fields.Selection(_ENVIRONMENT_NAMES)
    ups_loaded_use_pkce = fields.Boolean()
    ups_redirect_uri = fields.Char(
        string="UPS Redirect URI",
        help="Register it to the letter as callback URL of your application at UPS.",
        compute="_compute_ups_redirect_uri",
    )
    ups_server_advice = fields.Text(compute="_compute_ups_redirect_uri")
    ups_reauthorize_warning = fields.Char(compute="_compute_ups_reauthorize_warning")
    ups_has_client_secret = fields.Boolean(compute="_compute_ups_stored")
    ups_client_id_is_fixed = fields.Boolean(compute="_compute_ups_stored")
    ups_client_secret_is_fixed = fields.Boolean(compute="_compute_ups_stored")
    ups_environment_is_fixed = fields.Boolean(compute="_compute_ups_stored")
    # Not as superuser, who sees it of every company: anybody may put another company here.
    ups_authorization_state = fields.Selection(
        related="company_id.ups_authorization_state", related_sudo=False
    )
    ups_test_environment = fields.Selection(
        related="company_id.ups_test_environment", related_sudo=False
    )

    # === COMPUTE METHODS === #

    def _compute_ups_client_secret(self):
        self.ups_client_secret = False

    def _inverse_ups_client_secret(self):
        for settings in self:
            secret = (settings.ups_client_secret or "").strip()
            sealed = secret and token_keys.seal(self.env, secret)
            settings.sudo().ups_sealed_client_secret = sealed
        self.invalidate_recordset(["ups_client_secret"])  # or the answer would carry it back

    @api.depends("company_id")
    def _compute_ups_redirect_uri(self):
        self.ups_redirect_uri = redirect_uri(self.env)
        self.ups_server_advice = self.env.is_system() and self._ups_advice()

    @api.model
    def _ups_advice(self):
        """:return: what would keep UPS from working, a sentence a line; addons add theirs."""
        return server_advice(self.env)

    @api.depends("company_id")
    def _compute_ups_stored(self):
        stored = ups_settings(self.env, with_secret=False)
        self.ups_has_client_secret = stored.has_client_secret
        self.ups_client_id_is_fixed = "client_id" in stored.fixed
        self.ups_client_secret_is_fixed = "client_secret" in stored.fixed
        self.ups_environment_is_fixed = "environment" in stored.fixed

    @api.depends("ups_client_id", "ups_environment")
    def _compute_ups_reauthorize_warning(self):
        """Say, before Save, for how many companies somebody has to sign in at UPS.com again."""
        for settings in self:
            count = settings._ups_touches("ups_client_id", "ups_environment") and (
                self.env["ups.connection"]
                .sudo()
                ._count_given_elsewhere(
                    (settings.ups_client_id or "").strip(), settings.ups_environment
                )
            )
            settings.ups_reauthorize_warning = bool(count) and self.env._(
                "Companies that must be authorized again after this change: %s. What they were"
                " given is kept, and is used again if you set it back, unless somebody has clicked"
                " OAuth meanwhile, which replaces it.",
                count,
            )

    # === CRUD METHODS === #

    @api.model
    def get_values(self):
        """Override of `base` to show the settings in force, without the secret."""
        values = super().get_values()
        if not self.env.is_system():  # anybody may call default_get()
            return values
        stored = ups_settings(self.env, with_secret=False)
        shown = {
            "client_id": stored.client_id,
            "environment": stored.environment if stored.environment in ENVIRONMENTS else False,
            "use_pkce": stored.use_pkce,
        }
        for name, value in shown.items():
            values |= {f"ups_{name}": value, f"ups_loaded_{name}": value}
        return values

    def set_values(self):
        """Override of `base` to store what was touched, and the server does not decide.

        :raise ValidationError: If the client ID was emptied, or is missing beside a secret.
        """
        super().set_values()
        set_param = self.env["ir.config_parameter"].sudo().set_param
        if self._ups_touches("ups_use_pkce"):
            set_param(const.PARAM_USE_PKCE, "1" if self.ups_use_pkce else "0")
        if self.ups_environment and self._ups_touches("ups_environment"):
            set_param(const.PARAM_ENVIRONMENT, self.ups_environment)
        if self._ups_touches("ups_client_id"):
            client_id = (self.ups_client_id or "").strip()
            if not client_id:
                raise ValidationError(
                    self.env._(
                        "The UPS client ID was emptied, and nothing was saved. Without it no"
                        " company can use UPS: enter it again. To stop using UPS, opt the companies"
                        " out."
                    )
                )
            set_param(const.PARAM_CLIENT_ID, client_id)
        self._set_ups_client_secret(set_param)

    # === ACTION METHODS === #

    def action_ups_api(self):
        """Open the modal "UPS API" of the current company.

        :return: An action that opens a dialog.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        return self.company_id.action_ups_api()

    def action_ups_test_settings(self):
        """Ask UPS what it thinks of the settings in force, and say it in words. Nothing is saved.

        :return: An action that shows the finding.
        :rtype: dict
        :raise AccessError: If the user is no administrator.
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only an administrator (Settings) can authorize UPS."))
        kind, message = self._ups_test_settings()
        return self.env.company._ups_notify(kind, message)

    # === BUSINESS METHODS === #

    def _ups_touches(self, *names):
        """:return: whether the person has given one of these fields another value."""
        return any(
            (self[name] or False) != (self[name.replace("ups_", "ups_loaded_")] or False)
            for name in names
            if f"{name}_is_fixed" not in self._fields or not self[f"{name}_is_fixed"]
        )

    def _ups_test_settings(self):
        """:return: the kind of notification, and what UPS said in words."""
        settings = ups_settings(self.env)
        if missing := messages.missing_setting(self.env, settings):
            return "warning", " ".join(missing)
        try:
            client = settings.client
            client.preflight(client.begin(settings.redirect_uri))
        except UpsError as error:
            kind = "danger" if isinstance(error, FixSettings) else "warning"
            return kind, " ".join(messages.explain(self.env, error, settings))
        companies = self.env.user.company_ids
        authorized = companies.filtered(lambda each: each.ups_authorization_state == "authorized")
        refused = companies.filtered(lambda each: each.ups_reason == "settings")
        if company := (authorized or refused)[:1]:
            kind, told = company._ups_test()  # which needs the secret, too
            return kind, told(self.env)
        return "success", self.env._(
            "UPS knows this client ID and this callback URL. The client secret proves itself when"
            " the first company is authorized."
        )

    @api.model
    def _ups_reseal_client_secret(self, connections):
        """Seal the stored client secret with this database's key, where the other one's is here.

        :param ups.connection connections: Their former `database.uuid` names the other key file.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        sealed = parameters.get_param(const.PARAM_CLIENT_SECRET)
        if not sealed or token_keys.opened(self.env, sealed):
            return
        for uuid in set(connections.mapped("database_uuid")) - {False}:
            if secret := token_keys.opened(self.env, sealed, uuid):
                parameters.set_param(const.PARAM_CLIENT_SECRET, token_keys.seal(self.env, secret))

    def _set_ups_client_secret(self, set_param):
        """:raise ValidationError: If a secret was entered without its client ID."""
        if self.ups_client_secret_is_fixed or not (sealed := self.sudo().ups_sealed_client_secret):
            return
        if not self.ups_client_id:
            raise ValidationError(
                self.env._("Enter the client ID of your UPS application too, not only its secret.")
            )
        set_param(const.PARAM_CLIENT_SECRET, sealed)
        self.sudo().ups_sealed_client_secret = False
