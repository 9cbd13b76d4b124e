"""What is missing for the first pickup, and who can do it?"""

from odoo import api, models

NAMED = 3  # people: more are no help


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _first_steps(self):
        """Tell a newcomer what is done, and what comes next.

        :return: three steps, each with ``name``, ``text``, ``is_done``; the next one also with
            ``button`` where the user can do it, else ``who`` can.
        :rtype: list[dict]
        """
        steps = [self._step_to_authorize(), self._step_to_a_location(), self._step_to_a_pickup()]
        is_next = True
        for step in steps:
            group = step.pop("group")
            if step["is_done"] or not is_next:
                del step["button"]
            else:
                is_next = False
                if not self.env.user.has_group(group):
                    del step["button"]
                    step["who"] = self._who_can(group)
        return steps

    @api.model
    def action_first_step(self, name):
        """Go to where the step is done.

        :param str name: ``authorize``, ``location`` or ``pickup``.
        :return: An action.
        :rtype: dict
        :raise AccessError: If the user may not do it.
        """
        if name == "authorize":
            return self.env.company.action_ups_api()
        if name == "location":
            return self._first_location()
        return self._new_form("ups.pickup", self.env._("New Pickup"))

    def _step_to_authorize(self):
        company = self.env.company
        return {
            "name": "authorize",
            "text": self.env._("Authorize %s at UPS", company.name),
            "button": self.env._("Authorize"),
            "group": "base.group_system",
            # Whether it is authorized is no secret, only how.
            "is_done": company.sudo().ups_authorization_state == "authorized",
        }

    def _step_to_a_location(self):
        return {
            "name": "location",
            "text": self.env._("Tell which UPS account pays, and where UPS collects"),
            "button": self.env._("Make a location")
            if self._has_one("ups.pickup.account")
            else self.env._("Enter the account"),
            "group": "ups_pickup.group_manager",
            "is_done": self._has_one("ups.pickup.location"),
        }

    def _step_to_a_pickup(self):
        return {
            "name": "pickup",
            "text": self.env._("Request the first pickup: New, Price, Request"),
            "button": self.env._("First pickup"),
            "group": "ups_pickup.group_user",
            "is_done": False,
        }

    def _first_location(self):
        if self._has_one("ups.pickup.account"):
            return self.env["ups.pickup.location"].action_make_first()
        return self._new_form("ups.pickup.account", self.env._("New UPS Account"))

    def _has_one(self, model):
        return bool(self.env[model].search_count([("company_id", "=", self.env.company.id)], 1))

    def _new_form(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "current",
        }

    def _who_can(self, group):
        """:return: who can do it, as a sentence."""
        company = self.env.company
        group = self.env.ref(group, raise_if_not_found=False) or self.env["res.groups"]
        people = group.sudo().all_user_ids
        people = people.filtered(lambda each: each.active and company in each.company_ids)
        names = ", ".join(people.sorted("name")[:NAMED].mapped("name"))
        if not names:
            return self.env._("An administrator of this company can do it.")
        return self.env._("%s can do it.", names)
