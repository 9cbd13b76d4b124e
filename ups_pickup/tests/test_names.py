"""What other addons, imports and reports may rely on: a change here is a change for them."""

import inspect

from odoo.tests import TransactionCase, tagged

# By type: the fields; of a selection or a relation, its values.
FIELDS = {
    "ups.pickup.account": {
        "char": "name number",
        "boolean": "has_smart_pickup trust_unlisted active",
        "company_id": "res.company",
        "country_id": "res.country",
        "payment_method": "01 00",
    },
    "ups.pickup.service": {"char": "code name", "boolean": "active"},
    "ups.pickup.location": {
        "char": "name company_name contact_name phone phone_extension room floor pickup_point"
        " instruction notification_email",
        "boolean": "is_residential is_account_address active",
        "float": "ready_time close_time cutoff_time minimum_window plan_time",
        "integer": "quantity",
        "company_id": "res.company",
        "account_id": "ups.pickup.account",
        "partner_id": "res.partner",
        "calendar_id": "resource.calendar",
        "service_id": "ups.pickup.service",
        "user_id": "res.users",
        "plan": "manual when_packages working_days",
        "plan_day": "same before",
    },
    "ups.pickup": {
        "char": "name instruction reference prn status_code status_message problem",
        "boolean": "is_overweight is_price_stale is_today is_tomorrow",
        "float": "ready_time close_time weight",
        "date": "pickup_date",
        "datetime": "status_on priced_on",
        "monetary": "price",
        "json": "told",
        "location_id": "ups.pickup.location",
        "company_id": "res.company",
        "account_id": "ups.pickup.account",
        "line_ids": "ups.pickup.line",
        "batch_id": "ups.pickup.batch",
        "retry_of_id": "ups.pickup",
        "price_currency_id": "res.currency",
        "kind": "oncall smart",
        "weight_unit": "LBS KGS",
        "payment_method": "01 00",
        "state": "draft sending unconfirmed requested dispatched delayed cancelling cancelled done"
        " unsuccessful unknown",
        "outcome_source": "ups unlisted person",
        "price_day": "same future",
        "environment": "production cie",
        "origin": "person plan batch deliveries",
    },
    "ups.pickup.line": {
        "integer": "quantity",
        "pickup_id": "ups.pickup",
        "service_id": "ups.pickup.service",
        "destination_country_id": "res.country",
        "container": "package letter",
    },
    "ups.pickup.batch": {
        "char": "name",
        "date": "date_from date_to",
        "integer": "quantity progress",
        "company_id": "res.company",
        "location_ids": "ups.pickup.location",
        "pickup_ids": "ups.pickup",
        "state": "draft running paused done",
    },
}
METHODS = {
    "ups.pickup.account": "action_check()",
    "ups.pickup.location": "action_check() action_make_first()",
    "ups.pickup": "action_price() action_request() action_confirm() action_check() action_cancel()"
    " action_again() action_mark_done() action_mark_unsuccessful() action_mark_requested(prn)"
    " action_mark_none() _cron_check() _cron_plan() overview_counts()",
    "ups.pickup.batch": "action_fill() action_request() _cron_request()",
}
TYPES = ("char", "boolean", "float", "integer", "date", "datetime", "monetary", "json")


@tagged("post_install", "-at_install")
class TestNames(TransactionCase):
    def test_fields(self):
        for model, fields in FIELDS.items():
            said = self.env[model].fields_get()
            for name, values in fields.items():
                if name in TYPES:
                    found = {each: said[each]["type"] for each in values.split()}
                    self.assertEqual(found, dict.fromkeys(values.split(), name), model)
                elif "selection" in said[name]:
                    found = [value for value, _label in said[name]["selection"]]
                    self.assertCountEqual(found, values.split(), f"{model}.{name}")
                else:
                    self.assertEqual(said[name]["relation"], values, f"{model}.{name}")
            for name in ("is_today", "is_tomorrow") if model == "ups.pickup" else ():
                self.assertTrue(said[name]["searchable"], name)

    def test_what_is_there_once_has_no_duplicate(self):
        for model, view in (
            ("ups.pickup.account", "form"),
            ("ups.pickup.account", "list"),
            ("ups.pickup.service", "list"),
        ):
            self.assertIn('duplicate="0"', self.env[model].get_view(view_type=view)["arch"])

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
