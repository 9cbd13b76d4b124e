"""What other addons, imports and reports may rely on: a change here is a change for them."""

import inspect

from odoo.tests import TransactionCase, tagged

# Each field with its type, the model that it leads to, or the values of a selection.
FIELDS = {
    "ups.pickup.account": """name:char number:char has_smart_pickup:boolean trust_unlisted:boolean
        active:boolean company_id:res.company country_id:res.country payment_method:01|00""",
    "ups.pickup.service": "code:char name:char active:boolean",
    "ups.pickup.location": """name:char company_name:char contact_name:char phone:char
        phone_extension:char room:char floor:char pickup_point:char instruction:char
        notification_email:char is_residential:boolean is_account_address:boolean active:boolean
        ready_time:float close_time:float cutoff_time:float minimum_window:float plan_time:float
        quantity:integer company_id:res.company account_id:ups.pickup.account
        partner_id:res.partner calendar_id:resource.calendar service_id:ups.pickup.service
        user_id:res.users plan:manual|when_packages|working_days plan_day:same|before""",
    "ups.pickup": """name:char instruction:char reference:char prn:char status_code:char
        status_message:char problem:char is_overweight:boolean is_price_stale:boolean
        is_today:boolean is_tomorrow:boolean ready_time:float close_time:float weight:float
        pickup_date:date status_on:datetime priced_on:datetime price:monetary told:json
        location_id:ups.pickup.location company_id:res.company account_id:ups.pickup.account
        line_ids:ups.pickup.line batch_id:ups.pickup.batch retry_of_id:ups.pickup
        price_currency_id:res.currency kind:oncall|smart weight_unit:LBS|KGS payment_method:01|00
        outcome_source:ups|unlisted|person price_day:same|future environment:production|cie
        origin:person|plan|batch|deliveries"""
    " state:draft|sending|unconfirmed|requested|dispatched|delayed|cancelling|cancelled|done"
    "|unsuccessful|unknown",
    "ups.pickup.line": """quantity:integer pickup_id:ups.pickup service_id:ups.pickup.service
        destination_country_id:res.country container:package|letter""",
    "ups.pickup.batch": """name:char date_from:date date_to:date quantity:integer progress:integer
        company_id:res.company location_ids:ups.pickup.location pickup_ids:ups.pickup
        state:draft|running|paused|done""",
}
METHODS = {
    "ups.pickup.account": "action_check()",
    "ups.pickup.location": "action_check() action_make_first()",
    "ups.pickup": "action_price() action_request() action_confirm() action_check() action_cancel()"
    " action_again() action_mark_done() action_mark_unsuccessful() action_mark_requested(prn)"
    " action_mark_none() _cron_check() _cron_plan() overview_counts()",
    "ups.pickup.batch": "action_fill() action_request() _cron_request()",
}


@tagged("post_install", "-at_install")
class TestNames(TransactionCase):
    def test_fields(self):
        for model, fields in FIELDS.items():
            said = self.env[model].fields_get()
            for each in fields.split():
                name, meant = each.split(":")
                values = [value for value, _label in said[name].get("selection", ())]
                found = values or [said[name].get("relation") or said[name]["type"]]
                self.assertCountEqual(found, meant.split("|"), f"{model}.{name}")
        for name in ("is_today", "is_tomorrow"):
            self.assertTrue(self.env["ups.pickup"].fields_get()[name]["searchable"])

    def test_what_is_there_once_has_no_duplicate(self):
        for model, view in (
            ("ups.pickup.account", "form"),
            ("ups.pickup.account", "list"),
            ("ups.pickup.service", "list"),
        ):
            self.assertIn('duplicate="0"', self.env[model].get_view(view_type=view)["arch"])

    def test_the_clock_finds_what_it_counts(self):
        """Its click sets filters of these names (mail, `activity_menu.js`)."""
        for name, model in self.env.items():
            if name.startswith("ups.") and "activity_ids" in model._fields:
                arch = model.get_view(view_type="search")["arch"]
                for each in ("overdue", "today", "upcoming_all"):
                    self.assertIn(f'name="activities_{each}"', arch)
                self.assertIn('name="filter_activities_my"', arch)

    def test_methods(self):
        for model, calls in METHODS.items():
            for call in calls.split():
                name, _bracket, arguments = call.rstrip(")").partition("(")
                method = getattr(type(self.env[model]), name)
                needed = [
                    each.name
                    for each in inspect.signature(method).parameters.values()
                    if each.default is each.empty and each.name != "self"
                ]
                self.assertEqual(needed, arguments.split(",") if arguments else [], call)
        for group in ("group_user", "group_manager"):
            self.assertEqual(self.env.ref(f"ups_pickup.{group}")._name, "res.groups")
