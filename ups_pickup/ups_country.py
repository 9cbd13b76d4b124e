"""Which country is an address in, to UPS? To Odoo some are US states, and one is a country more."""

TERRITORIES = frozenset(("AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"))
"""US states to Odoo, countries of the same code to UPS (as Magento and active_shipping have it)."""


def ups_country(partner):
    """:return: the `res.country`, empty where the partner has none."""
    country, state = partner.country_id, partner.state_id.code
    if country.code == "US" and state in TERRITORIES:
        return partner.env.ref(f"base.{state.lower()}")
    return as_country_of_ups(country)


def as_country_of_ups(country):
    """:return: the country; of Northern Ireland, which has taxes of its own, the United Kingdom."""
    return country.env.ref("base.uk") if country.code == "XI" else country
