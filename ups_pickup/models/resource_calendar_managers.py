"""Which working hours may managers of pickups change? Those of their locations, and no others.

Access rights know models only, and a rule for managers would bind those who have other rights, too:
whoever manages people or production. So it is asked here, where nothing but pickups gives a right.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

RULE = "ups_pickup.resource_calendar_leaves_rule_manager"


class ResourceCalendar(models.Model):
    # One model in two files, because each answers a question of its own.
    _inherit = "resource.calendar"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._refuse_companies_of_others("create")
        return made

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            self._refuse_companies_of_others("write")
        return result

    def _refuse_companies_of_others(self, operation):
        """:raise AccessError: if who only manages pickups has given them to such a company."""
        if self.env.su or self._is_right_of_others(self._name, operation):
            return
        if foreign := self.sudo().filtered(lambda each: each.company_id - self.env.companies):
            raise foreign._not_of_pickups()

    def _check_access(self, operation):
        return super()._check_access(operation) or self._refused_to_managers(self, operation)

    def _refused_to_managers(self, rows, operation):
        """Refuse what only managers of pickups may write, and is not theirs.

        :param rows: what is written, of any model, which is these calendars' or they themselves.
        :return: as `_check_access`.
        """
        is_asked = operation != "read" and any(rows._ids) and not self.env.su
        if not is_asked or self._is_right_of_others(rows._name, operation):
            return None
        own = self.sudo()._unused().filtered(lambda each: each._is_of_manager(self.env))
        foreign = self.sudo() - own
        return (rows, foreign._not_of_pickups) if foreign else None

    def _is_of_manager(self, env):
        companies = self._companies_of_pickups()
        # Of no location: it is for one that its author is about to make.
        return companies <= env.companies if companies else self.create_uid == env.user

    def _check_may_be_a_locations(self):
        """:raise AccessError: if managers could change by it what is no location's alone."""
        if self.env.su or self._is_right_of_others(self._name, "write"):
            return
        free = self.sudo()._unused().filtered(lambda each: each.company_id <= self.env.companies)
        if foreign := self.sudo() - free:
            raise foreign._not_of_pickups()

    def _is_right_of_others(self, model, operation):
        """:return: whether another group than that of managers of pickups gives the right."""
        groups = self.env.user.all_group_ids - self.env.ref("ups_pickup.group_manager")
        rights = [
            ("model_id.model", "=", model),
            (f"perm_{operation}", "=", True),
            ("group_id", "in", [False, *groups.ids]),
        ]
        return bool(self.env["ir.model.access"].sudo().search_count(rights, limit=1))

    def _companies_of_pickups(self):
        return self.sudo().with_context(active_test=False).ups_pickup_location_ids.company_id

    def _not_of_pickups(self):
        return AccessError(
            self.env._(
                "The working hours %s are not only those of a UPS pickup location of yours. Give"
                " the location others, or ask whoever manages these.",
                ", ".join(self.mapped("display_name")),
            )
        )


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        return refused or self.sudo().calendar_id.sudo(False)._refused_to_managers(self, operation)

    def write(self, vals):
        result = super().write(vals)
        if "calendar_id" in vals:  # Odoo has asked of the one before
            self.check_access("write")
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    def _check_access(self, operation):
        """The rule for managers cannot say of which companies; Odoo's looks at that of the day."""
        refused = super()._check_access(operation)
        if refused or operation == "read" or self.env.su or not any(self._ids):
            return refused
        of_managers = self.sudo() - self._given_by_others(operation)
        of_all = of_managers.filtered(lambda each: not each.resource_id).calendar_id
        foreign = of_all.filtered(
            lambda each: not each._companies_of_pickups() <= self.env.companies
        )
        return (self, foreign._not_of_pickups) if foreign else None

    def _given_by_others(self, operation):
        """:return: those to which the rule of another group than managers of pickups leads."""
        rules = self.env["ir.rule"]._get_rules(self._name, operation).sudo().filtered("groups")
        ours = self.env.ref(RULE, raise_if_not_found=False) or rules.browse()
        context = rules._eval_context()
        domains = [safe_eval(each.domain_force or "[]", context) for each in rules - ours]
        return self.sudo().filtered_domain(Domain.OR(domains))

    def write(self, vals):
        result = super().write(vals)
        names = {"calendar_id"}
        if self.env.user.has_group("ups_pickup.group_manager"):
            names |= {"company_id", "resource_id"}  # a closed day becomes a person's day off
        if not names.isdisjoint(vals):
            self.check_access("write")
        return result
