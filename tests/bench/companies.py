"""Companies with UPS authorizations, made and used inside an Odoo process."""

from collections.abc import Mapping

from tests.bench.odoo_process import transaction


def create(registry, names: list[str]) -> list[int]:
    """:return: ids of new companies, which are the administrator's too."""
    with transaction(registry) as env:
        companies = env["res.company"].create([{"name": name} for name in names])
        env.user.company_ids |= companies
        return companies.ids


def create_many(registry, count: int) -> list[int]:
    """By SQL, ten thousand in a second; the ORM would take minutes. :return: their ids."""
    with transaction(registry) as env:
        env.cr.execute(
            """WITH partner AS (
                   INSERT INTO res_partner (name, complete_name, is_company, active, type)
                   SELECT name, name, true, true, 'contact'
                     FROM (SELECT format('Bench %%s', (SELECT max(id) FROM res_company) + number)
                                  AS name
                             FROM generate_series(1, %s) AS number) AS numbered
                RETURNING id, name)
               INSERT INTO res_company
                      (name, partner_id, currency_id, layout_background, active, sequence)
               SELECT partner.name, partner.id, main.currency_id, 'Blank', true, 10
                 FROM partner, (SELECT currency_id FROM res_company ORDER BY id LIMIT 1) AS main
            RETURNING id""",
            [count],
        )
        ids = [row[0] for row in env.cr.fetchall()]
        env.cr.execute(
            "UPDATE res_company SET parent_path = id || '/' WHERE id IN %s", [tuple(ids)]
        )
        env.cr.execute(
            """INSERT INTO res_company_users_rel (cid, user_id)
               SELECT id, %s FROM res_company WHERE id IN %s""",
            [env.uid, tuple(ids)],
        )
        return ids


def authorize(registry, answers: Mapping[int, dict], lived: float = 0) -> None:
    """Store what UPS answered, by company, as if that part of the life had passed."""
    from datetime import datetime, timedelta, timezone

    from odoo.addons.ups_pickup_oauth import token_keys

    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    with transaction(registry) as env:
        rows = []
        for company, answer in answers.items():
            life = timedelta(seconds=int(answer["refresh_token_expires_in"]))
            rows.append(
                {
                    "company_id": company,
                    "state": "authorized",
                    "failure_count": 0,
                    "environment": "cie",
                    "authorized_by_id": env.uid,
                    "authorized_on": now - life * lived,
                    "refreshed_on": now - life * lived,
                    "access_token_expires_at": now + timedelta(seconds=int(answer["expires_in"])),
                    "refresh_token_expires_at": now + life * (1 - lived),
                    "sealed_access_token": token_keys.seal(env, answer["access_token"]),
                    "sealed_refresh_token": token_keys.seal(env, answer["refresh_token"]),
                    "database_uuid": env["ups.connection"]._database_uuid(),
                }
            )
        connections = env["ups.connection"].sudo().with_context(tracking_disable=True)
        connections.search([("company_id", "in", list(answers))]).unlink()
        connections.create(rows)


def expire(registry) -> None:
    """Every access token has ended; UPS still takes the refresh tokens."""
    with transaction(registry) as env:
        env["ups.connection"].sudo().search([]).access_token_expires_at = "2020-01-01"


def token(env, company: int) -> str:
    """What is measured: the door by which other addons come."""
    return env["res.company"].browse(company)._ups_get_access_token()
