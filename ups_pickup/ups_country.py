"""Which country is an address in, to UPS? Odoo's list of US states has Puerto Rico in it."""


def ups_country(partner):
    """:return: the `res.country`, empty where the partner has none."""
    country = partner.country_id
    is_puerto_rico = partner.state_id.code == "PR" and country.code == "US"
    return partner.env.ref("base.pr") if is_puerto_rico else country
