"""How is "Main (A1B2C3)" found, as it was shown? By the code at its end."""

from collections.abc import Iterable


def as_searched(value, code_at_end, longest):
    """Look for the code where a text, or one of several, ends with it.

    :param value: what Odoo searches a display name for, of any type.
    :param re.Pattern code_at_end: its first group is the code.
    :param int longest: characters of its longest match: no more of a text is looked at.
    """
    if isinstance(value, str):
        found = code_at_end.search(value[-longest:])
        return found[1] if found else value
    if isinstance(value, Iterable):
        return [as_searched(each, code_at_end, longest) for each in value]
    return value
