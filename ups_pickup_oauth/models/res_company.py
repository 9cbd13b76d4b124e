from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from .. import messages
from ..exceptions import (
    UpsNothingToDo,
    UpsReauthorizationNeeded,
    UpsSettingsWrong,
    UpsTryLater,
)
from ..live_token import Wish, token_source
from ..opened_before import opened_before, remember
from ..sealed_char import SealedChar
from ..settings import ups_environment, ups_settings
from ..ups_client import CIE, FixSettings, UpsError, UpsSession

ADMINISTRATOR = "base.group_system"

# It reads a list of states and costs nothing (UPS's Pickup.yaml, "Political Division1 List").
HARMLESS_CALL = "/api/pickup/v2409/countries/US"


class ResCompany(models.Model):
    _inherit = "res.company"

    ups_connection_ids = fields.One2many(
        "ups.connection",
        "company_id",
        search="_search_ups_connection_ids",
        groups=fields.NO_ACCESS,
    )
    ups_connection_id = fields.Many2one(
        "ups.connection",
        string="UPS Authorization in Use",
        help="The company's own, or that of its nearest ancestor that is authorized.",
        compute="_compute_ups_connection_id",
        search="_search_ups_connection_id",
        compute_sudo=True,
        recursive=True,
        groups=fields.NO_ACCESS,
    )
    ups_authorization_state = fields.Selection(
        [
            ("not_authorized", "API"),
            ("authorized", "Authorized"),
            ("reauthorize", "Reauthorize"),
        ],
        string="UPS Authorization",
        compute="_compute_ups_authorization",
        search="_search_ups_authorization_state",
        groups=ADMINISTRATOR,
    )
    ups_authorization_company_id = fields.Many2one(
        "res.company",
        string="UPS Authorization Of",
        help="The company whose authorization is used: itself, or an ancestor.",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_authorized_by_id = fields.Many2one(
        "res.users",
        string="UPS Authorized By",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_authorized_on = fields.Datetime(
        string="UPS Authorized On", compute="_compute_ups_authorization", groups=ADMINISTRATOR
    )
    ups_test_environment = fields.Selection(
        [("cie", "CIE")],
        string="UPS Test Environment",
        help="CIE is UPS's test environment: nothing that is done there is real.",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_refreshed_on = fields.Datetime(
        string="UPS Last Renewed On",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_reauthorize_reason = fields.Char(
        string="Why UPS Must Be Authorized Again",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_reason = fields.Selection(
        selection=lambda self: (
            self.env["ups.connection"]._fields["reason"]._description_selection(self.env)
        ),
        string="Why UPS Cannot Be Used",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_status = fields.Char(
        string="UPS Status",
        help="Whether it is connected, to what, and until when.",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_is_secret_unproven = fields.Boolean(
        string="UPS Client Secret Unproven",
        help="UPS has not yet accepted the client secret in force.",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_user_note = fields.Char(
        string="UPS.com User",
        help="UPS does not tell who signed in. Note here which UPS.com user it is.",
        compute="_compute_ups_authorization",
        inverse="_inverse_ups_user_note",
        groups=ADMINISTRATOR,
    )
    ups_branch_ids = fields.Many2many(
        "res.company",
        string="UPS Authorization Used By",
        help="The branches that use this company's authorization.",
        compute="_compute_ups_branch_ids",
        groups=ADMINISTRATOR,
    )
    ups_problem = fields.Char(
        string="Last Problem with UPS",
        help="What keeps the authorization from being used, and what to do.",
        compute="_compute_ups_problem",
        groups=ADMINISTRATOR,
    )
    ups_problem_on = fields.Datetime(
        string="Last Problem with UPS On", compute="_compute_ups_problem", groups=ADMINISTRATOR
    )
    ups_access_token_expires_at = fields.Datetime(
        string="UPS Access Token Expires At",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_refresh_token_expires_at = fields.Datetime(
        string="UPS Authorized Until",
        help="Odoo renews the authorization by itself before then; nobody has to do anything.",
        compute="_compute_ups_authorization",
        groups=ADMINISTRATOR,
    )
    ups_is_own_authorization = fields.Boolean(
        compute="_compute_ups_authorization", groups=ADMINISTRATOR
    )
    ups_has_history = fields.Boolean(compute="_compute_ups_authorization", groups=ADMINISTRATOR)
    ups_access_token = SealedChar(
        string="UPS Access Token",
        compute="_compute_ups_tokens",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        prefetch=False,
    )
    ups_refresh_token = SealedChar(
        string="UPS Refresh Token",
        compute="_compute_ups_tokens",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        prefetch=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("ups_connection_ids.state", "parent_id.ups_connection_id.state")
    def _compute_ups_connection_id(self):
        for company in self:
            own = company.ups_connection_ids
            inherited = company.parent_id.ups_connection_id
            company.ups_connection_id = own if _is_in_use(own) or not inherited else inherited

    @api.depends(
        "active",
        "ups_connection_id.effective_state",
        "ups_connection_id.user_note",
        "ups_connection_id.authorized_by_id",
        "ups_connection_id.authorized_on",
        "ups_connection_id.environment",
        "ups_connection_id.refreshed_on",
        "ups_connection_id.access_token_expires_at",
        "ups_connection_id.refresh_token_expires_at",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_ups_authorization(self):
        """Show an administrator nothing of companies that are none of their own.

        Odoo lets administrators read every company, and so it cannot do this by a rule.
        """
        nothing = self.env["ups.connection"].sudo()
        nothing._read_for(self)
        environment = ups_environment(self.env)
        # All at once: one by one, each would ask for the settings in force.
        self.sudo().ups_connection_id.mapped("effective_state")
        for company in self:
            visible = company._ups_if_visible()
            connection = visible.ups_connection_id or nothing
            company.ups_authorization_state = connection.effective_state or "not_authorized"
            company.ups_reason = connection.current_reason
            company.ups_status = connection.status_in_words or connection._status(False)
            company.ups_is_secret_unproven = connection.is_secret_unproven
            company.ups_user_note = connection.user_note
            company.ups_authorization_company_id = connection.company_id
            company.ups_authorized_by_id = connection.authorized_by_id
            company.ups_authorized_on = connection.authorized_on
            used = (connection.environment or environment) if visible else None
            company.ups_test_environment = CIE if used == CIE else False
            company.ups_refreshed_on = connection.refreshed_on
            company.ups_reauthorize_reason = connection.reason_in_words
            company.ups_access_token_expires_at = connection.access_token_expires_at
            company.ups_refresh_token_expires_at = connection.refresh_token_expires_at
            company.ups_is_own_authorization = connection.company_id.id == company._origin.id
            company.ups_has_history = bool(visible.ups_connection_ids)

    def _inverse_ups_user_note(self):
        for company in self:
            company._ups_check_access()
            # Its own: an administrator of a branch need not be one of its parent.
            company.sudo().ups_connection_ids.user_note = company.ups_user_note

    @api.depends("child_ids.ups_connection_id", "ups_connection_id")
    @api.depends_context("uid")
    def _compute_ups_branch_ids(self):
        for company in self:
            stored = company._origin
            below = company._ups_search([("id", "child_of", stored.ids)]) - stored
            own = stored.sudo().ups_connection_ids
            company.ups_branch_ids = below.filtered(
                lambda each, own=own: own and each.sudo().ups_connection_id == own
            ).filtered(lambda each: each._ups_may_authorize())

    @api.depends("ups_connection_id.problem", "ups_connection_id.problem_on")
    @api.depends_context("uid", "lang")
    def _compute_ups_problem(self):
        for company in self:
            connection = company._ups_if_visible().ups_connection_id
            company.ups_problem = connection.problem
            company.ups_problem_on = connection.problem_on

    @api.depends("ups_connection_id.sealed_access_token", "ups_connection_id.sealed_refresh_token")
    def _compute_ups_tokens(self):
        for company in self:
            connection = company.ups_connection_id
            company.ups_access_token = connection.sealed_access_token
            company.ups_refresh_token = connection.sealed_refresh_token

    def _search_ups_connection_ids(self, operator, value):
        """Let the ORM search as it does by itself, after this check.

        `ir.attachment` searches as superuser by any path that a user names, secrets at its end
        included; the search methods on the way are still called as that user.
        """
        self._ups_check_search("ups_connection_ids")
        return [("ups_connection_ids", operator, value)]

    def _search_ups_connection_id(self, operator, value):
        """For the ORM, which asks who depends on a changed connection."""
        self._ups_check_search("ups_connection_id")
        if operator != "in":
            return NotImplemented
        connections = self.env["ups.connection"].sudo().browse(filter(None, value))
        # Its own company, and those below that have none in use themselves.
        companies = self._ups_search([("id", "child_of", connections.company_id.ids)]).sudo()
        found = companies.filtered(lambda each: each.ups_connection_id in connections)
        return [("id", "in", found.ids)]

    def _search_ups_authorization_state(self, operator, value):
        self._ups_check_search("ups_authorization_state")
        if operator != "in":
            return NotImplemented
        # All of them are read: companies are few, and a branch shows an ancestor's state.
        companies = self._ups_search([])
        companies.invalidate_recordset(["ups_authorization_state"])  # time goes by
        found = companies.filtered(lambda each: each.ups_authorization_state in value)
        return [("id", "in", found.ids)]

    @api.model
    def _ups_check_search(self, name):
        """The ORM checks the groups of a field only where it has no search method.

        :raise AccessError: If the user may not read the field.
        """
        self._check_field_access(self._fields[name], "read")

    @api.model
    def _ups_search(self, domain):
        companies = self.sudo().with_context(active_test=False).search(domain)
        return companies.with_env(self.env)

    # === ACTION METHODS === #

    def action_ups_api(self):
        """Open the modal "UPS API" of the company.

        :return: An action that opens a dialog.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        self.ensure_one()
        self._ups_check_access()
        view = self.env.ref("ups_pickup_oauth.res_company_view_form_ups_api")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("UPS API"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
            "context": {
                "dialog_size": "medium",
                "ups_return_to": self.env.context.get("ups_return_to", "form"),
            },
        }

    def action_ups_oauth(self):
        """Send the user's browser to UPS, to authorize the company there.

        :return: An action that opens UPS's authorize URL in the same tab.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        :raise RedirectWarning: If the settings are incomplete, or refused by UPS.
        :raise UpsSettingsWrong: If whoever runs the server, or UPS, has something to correct.
        :raise UpsTryLater: If UPS cannot be reached.
        :raise UpsSettingsWrong: If the server's keys cannot be used.
        """
        self.ensure_one()
        self._ups_check_access()
        settings = ups_settings(self.env)
        if missing := messages.missing_setting(self.env, settings):
            self._ups_raise_to_settings(*missing)
        if not settings.redirect_uri.startswith(("http://", "https://")):
            self._ups_raise(UpsSettingsWrong, *messages.unknown_address(self.env))
        try:
            url = self.env["ups.authorization.attempt"].sudo()._begin(self, settings)
        except UpsError as error:
            what, advice = messages.explain(self.env, error, settings)
            self._ups_note(
                lambda own, error=error: own.env._(
                    "Nobody was sent to UPS. %s", messages.explain(own.env, error, settings)[0]
                )
            )
            in_settings = ("client_id", "client_secret", None)
            if isinstance(error, FixSettings) and error.setting in in_settings:
                self._ups_raise_to_settings(what, advice)
            of_settings = isinstance(error, FixSettings)
            self._ups_raise(UpsSettingsWrong if of_settings else UpsTryLater, what, advice)
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_ups_opt_out(self):
        """Forget the company's own UPS tokens.

        :return: An action that tells what was done, and what only the person can do at UPS.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        :raise UpsNothingToDo: If the company has no authorization of its own.
        :raise UpsBusy: If it is just being renewed.
        """
        self.ensure_one()
        self._ups_check_access()
        own = self.sudo().ups_connection_ids
        if not _is_in_use(own):
            raise UpsNothingToDo(
                self.env._(
                    "%s has no UPS authorization of its own, so there is nothing to end.",
                    self.display_name,
                )
            )
        own._opt_out()
        message = [
            self.env._("%s is opted out: its UPS tokens are deleted here.", self.display_name)
        ]
        if self.ups_authorization_state != "not_authorized":
            message.append(
                self.env._(
                    "It now uses the authorization of %s.",
                    self.ups_authorization_company_id.sudo().display_name,
                )
            )
        message.append(
            self.env._(
                "UPS offers no way to withdraw your agreement from here. To withdraw it there too,"
                " reset your UPS.com password: that ends it for every application with this login."
            )
        )
        return self._ups_tell("info", " ".join(message))

    def action_ups_test(self):
        """Make a harmless call with the company's token, and say in words what came of it.

        :return: An action that shows the finding.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        self.ensure_one()
        self._ups_check_access()
        kind, told = self._ups_test()
        self._ups_note(lambda own: own.env._("Tested. %s", told(own.env)))
        return self._ups_tell(kind, told(self.env))

    def action_ups_history(self):
        """Open the history of the company's own UPS authorizations.

        :return: An action that opens the company's row of `ups.connection`.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        self.ensure_one()
        self._ups_check_access()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("UPS Authorization History"),
            "res_model": "ups.connection",
            "res_id": self.sudo().ups_connection_ids.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_ups_original(self):
        """Declare this database the original of the one that it was copied from, for all companies.

        :return: An action that says for which companies UPS goes on.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        :raise UpsNothingToDo: If it is no copy.
        :raise UpsBusy: If one of them is just being renewed.
        """
        self.ensure_one()
        self._ups_check_access()
        connections = self.env["ups.connection"].sudo()._copied()
        if not connections:
            raise UpsNothingToDo(
                self.env._("This database is no copy for UPS, so there is nothing to declare.")
            )
        self.env["res.config.settings"]._ups_reseal_client_secret(connections)
        connections._make_original()
        names = connections.company_id.mapped("display_name")
        return self._ups_tell(
            "info",
            self.env._(
                "This database is the original now. UPS goes on for: %s. Click Test to see"
                " that it works.",
                ", ".join(names),
            ),
        )

    def action_ups_api_parent(self):
        """Open the modal "UPS API" of the company whose authorization this one uses.

        :return: An action that opens a dialog.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for that company.
        """
        self.ensure_one()
        self._ups_check_access()
        return (self.ups_authorization_company_id or self).action_ups_api()

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_ups_history(self):
        """Delete messages and activities, too: PostgreSQL's cascade knows of none."""
        self.sudo().ups_connection_ids.unlink()

    # === FOR OTHER ADDONS === #

    def _ups_get_access_token(self):
        """Return an access token that lives for at least a minute more.

        A refresh, where one is needed, is committed before this returns, whatever becomes of the
        caller's transaction.

        :return: The bearer token for UPS's API. Keep it out of logs and out of the database.
        :rtype: str
        :raise UpsReauthorizationNeeded: If an administrator must authorize the company (again).
        :raise UpsSettingsWrong: If UPS refuses this Odoo's settings.
        :raise UpsTryLater: If UPS cannot answer now.
        """
        self.ensure_one()
        if token := opened_before(self):
            return token.value
        connection = self._ups_connection_in_use()
        if token := connection._stored_token(Wish()):
            remember(self, token)
        return (token or connection._refreshed_token(Wish())).value

    def _ups_session(self, transaction_src="Odoo"):
        """Return a session for UPS's API that acts for the company.

        It may outlive the token and the transaction: the token is renewed when needed.

        :param str transaction_src: Names the calling addon to UPS, at most 512 characters.
        :return: A `requests.Session`; give it paths such as ``/api/pickup/v2409/countries/US``.
        :rtype: UpsSession
        :raise UpsReauthorizationNeeded: If an administrator must authorize the company (again).
        :raise UpsSettingsWrong: If UPS refuses this Odoo's settings.
        :raise UpsTryLater: If UPS cannot answer now.
        """
        self.ensure_one()
        source = token_source(self._ups_connection_in_use())
        settings = ups_settings(self.env)
        try:
            base_url = settings.base_url
        except FixSettings as error:
            raise UpsSettingsWrong(" ".join(messages.explain(self.env, error, settings))) from None
        return UpsSession(base_url, source, transaction_src=transaction_src)

    # === BUSINESS METHODS === #

    def _ups_connection_in_use(self):
        """:raise UpsReauthorizationNeeded: If neither the company nor an ancestor is authorized."""
        # In an onchange it is an edited one: what is stored counts.
        company, field = self._origin.sudo(), self._fields["ups_connection_id"]
        if company.id not in field._get_cache(company.env):
            # What the ORM would compute, by one query instead of four: most callers want one token
            # in a transaction of their own. The ORM forgets it when anything of it changes.
            connection = self.env["ups.connection"].sudo()._in_use_by(company)
            field._insert_cache(company, [connection.id or None])
        connection = company.ups_connection_id
        if _is_in_use(connection):
            return connection
        raise UpsReauthorizationNeeded(
            self.env._(
                "%s is not authorized at UPS. An administrator can do it: open the company's form"
                " and click API.",
                self.sudo().display_name,
            )
        )

    def _ups_test(self):
        """:return: the kind of notification, and what returns the finding, given an environment."""
        try:
            # The renewal proves the client secret, and tries once more what UPS has refused.
            connection = self._ups_connection_in_use()
            wish = Wish(renewed_before=fields.Datetime.now(), is_test=True)
            token = connection._refreshed_token(wish).value
            self.invalidate_recordset()
            answer = UpsSession(
                ups_settings(self.env).base_url, lambda refused=None: token, "Odoo"
            ).get(HARMLESS_CALL)
        except UserError as error:
            needs_a_person = isinstance(error, UpsReauthorizationNeeded | UpsSettingsWrong)
            return "danger" if needs_a_person else "warning", self._ups_told(error)
        except (OSError, UpsError):  # those of requests are OSErrors
            return "warning", lambda env: env._("UPS did not answer. Try again in a few minutes.")
        kind, _finding = messages.test_finding(self.env, answer, self.display_name)
        return kind, lambda env: messages.test_finding(env, answer, self.display_name)[1]

    def _ups_told(self, error):
        """:return: what returns the words of one of our exceptions, given an environment."""
        told, connection = getattr(error, "told", None), self.sudo().ups_connection_id
        words = str(error)
        return lambda env: told(connection.with_env(env)) if told else words

    def _ups_note(self, sentence):
        """Add a sentence to the history that administrators of the company read.

        :param sentence: As for `ups.connection._log`.
        """
        self.env["ups.connection"].sudo()._note(self.id, sentence)

    def _ups_may_authorize(self):
        """:return: whether the user is an administrator, and the company among the user's own."""
        user = self.env.user.with_context(active_test=False)  # archived companies are theirs too
        return self.env.su or (user.has_group(ADMINISTRATOR) and self <= user.company_ids)

    def _ups_if_visible(self):
        """Return the stored company as superuser, if the user may see its authorization.

        Not an edited one: a form may be given any company as parent before it is saved.
        """
        stored = self._origin
        # Odoo has the user's active companies at hand: no query for a page of them.
        own = self.env.user._get_company_ids() if self.env.user.has_group(ADMINISTRATOR) else ()
        may_see = stored.id in own or stored._ups_may_authorize()
        return stored.sudo() if may_see else stored.sudo().browse()

    def _ups_check_access(self):
        """Allow administrators of the company only; a view cannot keep an RPC call out.

        :raise AccessError: If the user may not authorize UPS for the company.
        """
        if self._ups_may_authorize():
            return
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only an administrator (Settings) can authorize UPS."))
        raise AccessError(
            self.env._(
                "You can authorize UPS only for your own companies. Ask an administrator to add"
                " the company on your user's form, in Access Rights, Companies."
            )
        )

    @api.model
    def _ups_landing_action(self, company_id):
        """Return to where the person began, with the company's dialog open on the good news.

        What is told follows from what is stored, so that the address alone tells nothing untrue.

        :param int company_id: The company, as a `res.company` id.
        :return: An action that opens that page, with the dialog if the company is authorized.
        :rtype: dict
        """
        company = self.browse(company_id if type(company_id) is int else ()).exists()
        if not company or not company._ups_may_authorize():
            return {"type": "ir.actions.act_url", "url": "/odoo/companies", "target": "self"}
        dialog = False
        if company.ups_authorization_state == "authorized":
            dialog = company.action_ups_api()
            dialog["context"]["ups_welcome"] = True
        return {
            "type": "ir.actions.client",
            "tag": "ups_pickup_oauth.land",
            "params": {"path": company._ups_way_back(), "dialog": dialog},
        }

    def _ups_way_back(self):
        """:return: the path of the page where the user last began to authorize the company."""
        mine = [("company_id", "=", self.id), ("user_id", "=", self.env.uid)]
        attempt = self.env["ups.authorization.attempt"].sudo().search(mine, limit=1)
        paths = {"list": "/odoo/companies", "settings": "/odoo/settings"}
        return paths.get(attempt.return_to, f"/odoo/companies/{self.id}")

    def _ups_landing_url(self):
        """:return: the path, on this Odoo, of :meth:`_ups_landing_action` for the company."""
        self.ensure_one()
        return f"/odoo/{self.id}/ups-authorized?view_type=form"

    @api.model
    def _ups_notify(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.env._("UPS API"),
                "message": message,
                "sticky": kind != "success",
            },
        }

    def _ups_raise(self, exception, what, advice):
        raise exception(
            "\n\n".join((f"{what} {advice}", messages.account_executive_tip(self.env)))
        ) from None

    def _ups_raise_to_settings(self, what, advice):
        raise RedirectWarning(
            "\n\n".join((f"{what} {advice}", messages.account_executive_tip(self.env))),
            self.env.ref("ups_pickup_oauth.action_ups_settings").id,
            self.env._("Open Settings"),
        ) from None


def _is_in_use(connection):
    """:return: whether there is an authorization, be it one that has to be renewed."""
    return bool(connection) and connection.state != "not_authorized"
