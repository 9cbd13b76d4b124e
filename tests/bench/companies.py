"""Companies with UPS authorizations, made and used inside an Odoo process."""

import uuid
from collections.abc import Mapping

from tests.bench.odoo_process import multiply


def create(env, *names: str) -> list[int]:
    """:return: ids of new companies, which are the administrator's too."""
    companies = env["res.company"].create([{"name": name} for name in names])
    env.user.company_ids |= companies
    return companies.ids


def create_many(env, count: int) -> list[int]:
    """By SQL, ten thousand in seconds; the ORM would take minutes. :return: their ids."""
    name = f"Bench {uuid.uuid4().hex}"
    [model] = create(env, name)
    partner = env["res.company"].browse(model).partner_id.id
    names = f"'{name} ' || number"
    first, *_others = multiply(env, "res_partner", partner, count, name=names, complete_name=names)
    partners = f"{first} - 1 + number"
    ids = multiply(env, "res_company", model, count, name=names, partner_id=partners)
    env.cr.execute("UPDATE res_company SET parent_path = id || '/' WHERE id = ANY(%s)", [ids])
    env.cr.execute(
        "INSERT INTO res_company_users_rel (cid, user_id) SELECT unnest(%s), %s", [ids, env.uid]
    )
    return ids


def authorize(env, answers: Mapping[int, dict], lived: float = 0) -> None:
    """Store what UPS answered, by company, as if that part of the life had passed."""
    from datetime import timedelta

    from odoo import fields
    from odoo.addons.ups_pickup_oauth import token_keys

    now = fields.Datetime.now()
    connections = env["ups.connection"].sudo().with_context(tracking_disable=True)

    def values(company, answer):
        life = timedelta(seconds=int(answer["refresh_token_expires_in"]))
        began = now - life * lived
        return {
            "company_id": company,
            "state": "authorized",
            "failure_count": 0,  # as the addon writes it: without it a row is NULL, and never due
            "environment": "cie",
            "authorized_by_id": env.uid,
            "authorized_on": began,
            "refreshed_on": began,
            "access_token_expires_at": now + timedelta(seconds=int(answer["expires_in"])),
            "refresh_token_expires_at": began + life,
            "sealed_access_token": token_keys.seal(env, answer["access_token"]),
            "sealed_refresh_token": token_keys.seal(env, answer["refresh_token"]),
            "database_uuid": connections._database_uuid(),
        }

    connections.search([("company_id", "in", list(answers))]).unlink()
    connections.create([values(*each) for each in answers.items()])


def expire(env) -> None:
    """Every access token has ended; UPS still takes the refresh tokens."""
    env["ups.connection"].sudo().search([]).access_token_expires_at = "2020-01-01"


def token(env, company: int) -> str:
    """What is measured: the door by which other addons come."""
    return env["res.company"].browse(company)._ups_get_access_token()
