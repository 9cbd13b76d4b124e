"""What a database holds besides the addon; piped into `odoo shell`, and harmless when repeated."""

# ruff: noqa: F821  `env` is Odoo shell's

import os
from datetime import timedelta


def one(model, known, **more):
    """:return: the record of which this is known, made with more where there is none"""
    found = env[model].search([(name, "=", value) for name, value in known.items()], limit=1)
    return found or env[model].create(known | more)


harbor = one("res.company", {"name": "Harbor Supplies"})
branch = one("res.company", {"name": "Harbor Supplies North"}, parent_id=harbor.id)
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


def address(street, city, zip, state, phone):
    state = us.state_ids.filtered(lambda each: each.code == state)
    where = {"street": street, "city": city, "zip": zip, "phone": phone}
    return where | {"state_id": state.id, "country_id": us.id}


def location(name, tz, *where):
    own = {"name": name, "company_id": harbor.id}
    made = one(
        "ups.pickup.location",
        own,
        account_id=account.id,
        partner_id=one("res.partner", own, **address(*where)).id,
        company_name=harbor.name,
        contact_name="Shipping Desk",
        user_id=admin.id,
    )
    made.calendar_id.tz = tz
    return made


def pickups_in_every_state(place, states, step):
    """Days from today, one each, so that the next ones are free to be requested.

    :param step: -1 for days that are over; those ahead are too far for UPS to be asked of them
    """
    if env["ups.pickup"].search_count([("location_id", "=", place.id)]):
        return
    for number, state in enumerate(states, start=1):
        days = number if step < 0 else number + 7
        lines = env["ups.pickup"]._usual_lines(place)
        pickup = env["ups.pickup"].create({"location_id": place.id, "line_ids": lines})
        pickup.pickup_date = place._today() + step * timedelta(days=days)
        values = {"state": state} if state != "draft" else {}
        if state not in ("draft", "unconfirmed"):
            values["prn"] = f"29{days:02d}DEMO{days:02d}X"
        if state in ("done", "unsuccessful"):
            values["outcome_source"] = "ups"
        pickup.sudo().write(values)


env = env(context=dict(env.context, allowed_company_ids=admin.company_ids.ids))
us = env.ref("base.us")
pier = "1 Pier Road", "Portland", "97201", "OR", "5035550100"
dock = "2 Dock Street", "Portland", "97203", "OR", "5035550101"
beach = "3 Beach Walk", "Honolulu", "96815", "HI", "8085550102"
harbor.partner_id.write(address(*pier))
branch.partner_id.write(address(*dock))
account, _another = (
    one(
        "ups.pickup.account",
        {"number": number, "company_id": harbor.id},
        name=name,
        country_id=us.id,
    )
    for number, name in (("SIM001", "Harbor's account"), ("BAD001", "Somebody else's account"))
)
past = "done", "unsuccessful", "unknown", "cancelled", "draft"
ahead = "requested", "dispatched", "delayed", "unconfirmed"
pickups_in_every_state(location("Pier Warehouse", "America/Los_Angeles", *pier), past, -1)
location("Dock Warehouse", "America/Los_Angeles", *dock)
pickups_in_every_state(location("Island Store", "Pacific/Honolulu", *beach), ahead, 1)
env.cr.commit()
