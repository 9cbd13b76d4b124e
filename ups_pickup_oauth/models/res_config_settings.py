from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, token_keys
from ..settings import ENVIRONMENTS, redirect_uri, ups_settings


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
        [("production", "Production"), ("cie", "Test (CIE)")],
        string="UPS Environment",
        help="The Customer Integration Environment (CIE) is UPS's test system.",
    )
    ups_use_pkce = fields.Boolean(
        string="Use PKCE",
        help="UPS recommends it. Switch it off only if UPS keeps refusing the authorization.",
    )
    ups_redirect_uri = fields.Char(
        string="UPS Redirect URI",
        help="Register it to the letter as callback URL of your application at UPS.",
        compute="_compute_ups_redirect_uri",
    )
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

    @api.depends("company_id")
    def _compute_ups_stored(self):
        stored = ups_settings(self.env, with_secret=False)
        self.ups_has_client_secret = stored.has_client_secret
        self.ups_client_id_is_fixed = "client_id" in stored.fixed
        self.ups_client_secret_is_fixed = "client_secret" in stored.fixed
        self.ups_environment_is_fixed = "environment" in stored.fixed

    # === CRUD METHODS === #

    @api.model
    def get_values(self):
        """Override of `base` to show the settings in force, without the secret."""
        values = super().get_values()
        if not self.env.is_system():  # anybody may call default_get()
            return values
        stored = ups_settings(self.env, with_secret=False)
        environment = stored.environment if stored.environment in ENVIRONMENTS else False
        return values | {
            "ups_client_id": stored.client_id,
            "ups_environment": environment,
            "ups_use_pkce": stored.use_pkce,
        }

    def set_values(self):
        """Override of `base` to store what the server's environment does not decide."""
        super().set_values()
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param(const.PARAM_USE_PKCE, "1" if self.ups_use_pkce else "0")
        if not self.ups_environment_is_fixed and self.ups_environment:
            set_param(const.PARAM_ENVIRONMENT, self.ups_environment)
        if not self.ups_client_id_is_fixed:
            set_param(const.PARAM_CLIENT_ID, (self.ups_client_id or "").strip())
        self._set_ups_client_secret(set_param)

    # === ACTION METHODS === #

    def action_ups_api(self):
        """Open the modal "UPS API" of the current company.

        :return: An action that opens a dialog.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        return self.company_id.action_ups_api()

    # === BUSINESS METHODS === #

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
        if self.ups_client_secret_is_fixed:
            return
        sealed, has_client_id = self.sudo().ups_sealed_client_secret, bool(self.ups_client_id)
        if sealed and not has_client_id:
            raise ValidationError(
                self.env._("Enter the client ID of your UPS application too, not only its secret.")
            )
        if sealed or not has_client_id:  # a secret without its ID is of no use
            set_param(const.PARAM_CLIENT_SECRET, sealed)
        self.sudo().ups_sealed_client_secret = False
