"""What a database holds besides the addon; piped into `odoo shell`, and harmless when repeated."""

# ruff: noqa: F821  `env` is Odoo shell's

import os
from datetime import timedelta


def company(name, parent=None):
    found = env["res.company"].search([("name", "=", name)], limit=1)
    return found or env["res.company"].create({"name": name, "parent_id": parent and parent.id})


harbor = company("Harbor Supplies")
branch = company("Harbor Supplies North", parent=harbor)
admin = env.ref("base.user_admin")
admin.company_ids |= harbor + branch
admin.tour_enabled = False  # Odoo's own tours would cover what is to be tried here

if os.environ.get("DEMO_CLIENT_ID"):
    env["res.config.settings"].create(
        {
            "ups_client_id": os.environ["DEMO_CLIENT_ID"],
            "ups_client_secret": os.environ["DEMO_CLIENT_SECRET"],
            "ups_environment": "cie",
            "ups_use_pkce": True,
        }
    ).execute()


def address(company, **values):
    company.partner_id.write(values | {"country_id": env.ref("base.us").id})


def location(company, account, name, tz, **values):
    found = env["ups.pickup.location"].search(
        [("name", "=", name), ("company_id", "=", company.id)], limit=1
    )
    if found:
        return found
    place = env["res.partner"].create(
        {"name": name, "country_id": env.ref("base.us").id, "company_id": company.id}
        | {key: values[key] for key in ("street", "city", "zip", "phone")}
        | {"state_id": env.ref(values["state"]).id}
    )
    made = env["ups.pickup.location"].create(
        {
            "name": name,
            "company_id": company.id,
            "account_id": account.id,
            "partner_id": place.id,
            "company_name": company.name[:27],
            "contact_name": "Shipping Desk",
            "user_id": admin.id,
        }
    )
    made.calendar_id.tz = tz
    return made


def account(company, number, name):
    found = env["ups.pickup.account"].search(
        [("number", "=", number), ("company_id", "=", company.id)], limit=1
    )
    values = {"number": number, "name": name, "company_id": company.id}
    return found or env["ups.pickup.account"].create(values | {"country_id": env.ref("base.us").id})


def pickups_in_every_state(place, states, step):
    """Days from today, one each, so that the next ones are free to be requested.

    :param step: -1 for days that are over; those ahead are too far for UPS to be asked of them
    """
    if env["ups.pickup"].search_count([("location_id", "=", place.id)]):
        return
    today = place._today()
    for number, state in enumerate(states, start=1):
        days = number if step < 0 else number + 7
        lines = env["ups.pickup"]._usual_lines(place)
        pickup = env["ups.pickup"].create({"location_id": place.id, "line_ids": lines})
        pickup.pickup_date = today + step * timedelta(days=days)
        values = {"state": state} if state != "draft" else {}
        if state not in ("draft", "unconfirmed"):
            values["prn"] = f"29{days:02d}DEMO{days:02d}X"
        if state in ("done", "unsuccessful"):
            values["outcome_source"] = "ups"
        pickup.sudo().write(values)


if "ups.pickup" in env:
    env = env(context=dict(env.context, allowed_company_ids=admin.company_ids.ids))
    oregon, hawaii = "base.state_us_32", "base.state_us_12"
    address(harbor, street="1 Pier Road", city="Portland", zip="97201", phone="5035550100")
    harbor.partner_id.state_id = env.ref(oregon)
    address(branch, street="2 Dock Street", city="Portland", zip="97203", phone="5035550101")
    branch.partner_id.state_id = env.ref(oregon)
    known = account(harbor, "SIM001", "Harbor's account")
    account(harbor, "BAD001", "An account of somebody else")
    pier = location(
        harbor, known, "Pier Warehouse", "America/Los_Angeles", street="1 Pier Road",
        city="Portland", zip="97201", state=oregon, phone="5035550100",
    )  # fmt: skip
    location(
        harbor, known, "Dock Warehouse", "America/Los_Angeles", street="2 Dock Street",
        city="Portland", zip="97203", state=oregon, phone="5035550101",
    )  # fmt: skip
    island = location(
        harbor, known, "Island Store", "Pacific/Honolulu", street="3 Beach Walk",
        city="Honolulu", zip="96815", state=hawaii, phone="8085550102",
    )  # fmt: skip
    pickups_in_every_state(pier, ("done", "unsuccessful", "unknown", "cancelled", "draft"), -1)
    pickups_in_every_state(island, ("requested", "dispatched", "delayed", "unconfirmed"), 1)
env.cr.commit()
