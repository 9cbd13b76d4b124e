from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..settings import ups_settings
from .res_company import ADMINISTRATOR


class ResCompany(models.Model):
    """What the dialog "UPS API" says and asks beside the state of the authorization."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    ups_missing_setting = fields.Char(
        string="What UPS Needs First",
        help="What is missing in the settings, before anybody is sent to UPS.com.",
        compute="_compute_ups_missing_setting",
        groups=ADMINISTRATOR,
    )
    ups_finding = fields.Char(
        string="What Came of It",
        help="What the button that was just pressed has found or done.",
        compute="_compute_ups_finding",
        groups=ADMINISTRATOR,
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "lang")
    def _compute_ups_missing_setting(self):
        for company in self:
            visible = company._ups_if_visible()
            company.ups_missing_setting = bool(visible) and self._ups_missing_setting()

    @api.depends_context("ups_finding", "uid")
    def _compute_ups_finding(self):
        finding = self.env.context.get("ups_finding")
        for company in self:
            # A trouble that the dialog tells by itself is not told twice.
            is_told = company.ups_problem or company.ups_authorization_state == "reauthorize"
            trouble = self.env.context.get("ups_finding_kind") in ("warning", "danger")
            company.ups_finding = False if trouble and is_told else finding

    # === ACTION METHODS === #

    def action_ups_ask_opt_out(self):
        """Ask whether the company shall be opted out, and name who loses what by it.

        :return: An action that asks, and on OK calls `action_ups_opt_out`.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        self.ensure_one()
        self._ups_check_access()
        return {
            "type": "ir.actions.client",
            "tag": "ups_pickup_oauth.ask",
            "params": {
                "title": self.env._("Opt-Out"),
                "question": self._ups_opt_out_question(),
                "ok": self.env._("OK"),
                "cancel": self.env._("Cancel"),
                "company_id": self.id,
            },
        }

    # === BUSINESS METHODS === #

    def _ups_opt_out_question(self):
        parent = self.sudo().parent_id.ups_connection_id
        if parent.state not in (False, "not_authorized"):
            return self.env._(
                "Opt out of UPS? Odoo deletes the UPS authorization of %(company)s, which then uses"
                " that of %(parent)s.",
                company=self.display_name,
                parent=parent.company_id.display_name,
            )
        names = [self.display_name, *self.sudo().ups_branch_ids.mapped("display_name")]
        return self.env._(
            "Opt out of UPS? Odoo deletes the UPS authorization of %(company)s. Until somebody"
            " authorizes it again, Odoo can no longer act at UPS for: %(companies)s.",
            company=self.display_name,
            companies=", ".join(names),
        )

    @api.model
    def _ups_missing_setting(self):
        """:return: what keeps anybody from being sent to UPS, in words, or False."""
        try:
            settings = ups_settings(self.env)
        except UserError as error:  # the server's keys cannot be used
            return str(error)
        missing = messages.missing_setting(self.env, settings)
        return bool(missing) and " ".join(missing)

    def _ups_tell(self, kind, finding):
        """:return: an action that opens the dialog anew, with what was found or done in it.

        Not a notification: it would lie over the dialog's cross, or be gone before it is read.
        """
        action = self.action_ups_api()
        context = {"ups_finding": finding, "ups_finding_kind": kind}
        return action | {"context": action["context"] | context}
