"""What a person reads when UPS would refuse, has refused, or has not answered."""

from .pickup_api import problems


def problem_in_words(env, problem, place):
    """Say what is wrong with a value, and where to correct it.

    :param odoo.api.Environment env: whose language is used.
    :param Problem problem: of `pickup_api`.
    :param str place: the location's name.
    :rtype: str
    """
    field = field_in_words(env, problem.field)
    return env._(
        "%(field)s (%(place)s): %(what)s", field=field, place=place, what=_wrong(env, problem)
    )


def _wrong(env, problem):
    code, limit = problem.code, problem.limit
    if code == problems.REQUIRED:
        return env._("is missing. Enter it.")
    if code == problems.TOO_LONG:
        return env._("is longer than the %s characters that UPS takes. Shorten it.", limit)
    if code == problems.CONTROL_CHARACTER:
        return env._("holds a line break or another control character. Write it in one line.")
    if code == problems.TOO_MANY:
        return env._("is more than the %s that UPS takes. Make two pickups of it.", limit)
    if code == problems.NOT_AFTER:
        return env._("must be later than “Ready From”. Correct the hours.")
    if code == problems.NOT_ALLOWED and problem.field.endswith("country"):
        return env._("UPS collects in no such country. Correct the address.")
    return env._("is not what UPS takes (%s). Correct it.", limit)


def field_in_words(env, field):
    """:return: what a person calls a field that `pickup_api` names."""
    parts = [part for part in (field or "").split(".") if not part.isdigit()]
    name = parts[-1] if parts else ""
    if parts[:1] == ["address"]:
        parts = parts[1:]
    labels = {
        "company_name": env._("Name at the Door"),
        "contact_name": env._("Contact"),
        "street": env._("Street"),
        "city": env._("City"),
        "state": env._("State or Province"),
        "postal_code": env._("Postal Code"),
        "country": env._("Country"),
        "phone": env._("Phone"),
        "phone_extension": env._("Phone Extension"),
        "room": env._("Room"),
        "floor": env._("Floor"),
        "pickup_point": env._("Pickup Point"),
        "date": env._("Pickup Date"),
        "ready_time": env._("Ready From"),
        "close_time": env._("Closes At"),
        "pieces": env._("Pieces"),
        "quantity": env._("Pieces"),
        "service": env._("Service"),
        "destination": env._("To Country"),
        "container": env._("Container"),
        "weight": env._("Weight"),
        "weight_unit": env._("Unit"),
        "instruction": env._("Instruction"),
        "payment_method": env._("Who Pays"),
        "number": env._("UPS Account"),
        "account_number": env._("UPS Account"),
        "confirmation_email": env._("UPS Confirms To"),
    }
    return labels.get(name, name)


def refusal_in_words(env, refused):
    """:return: what UPS has refused, in its own words, and which field it means if that is told."""
    said = " ".join(filter(None, (refused.code, refused.words))) or f"HTTP {refused.http_status}"
    if refused.http_status == 429:
        return env._("UPS is receiving too many requests. Try again later. UPS's answer: %s", said)
    if refused.is_of_all:
        return env._(
            "UPS does not let Odoo use its Pickup API. An administrator has to see in UPS's"
            " developer portal that the Pickup API is among the products of the application, or"
            " wait until UPS mends it. UPS's answer: %s",
            said,
        )
    if refused.code == "9510154":
        return env._(
            "The UPS user who authorized Odoo may not use this account. Add the account in the"
            " profile at UPS.com, or authorize with its owner. UPS's answer: %s",
            said,
        )
    if refused.field:
        field = field_in_words(env, refused.field)
        return env._("UPS refused it because of “%(field)s”: %(said)s", field=field, said=said)
    return env._("UPS refused it. UPS's answer: %s", said)


def unanswered_in_words(env, reason):
    """:return: why there is no answer to something that books nothing."""
    if reason == "no_connection":
        return env._("UPS could not be reached. Nothing is lost: try again in a few minutes.")
    return env._("UPS did not answer. Nothing is lost: try again in a few minutes.")
