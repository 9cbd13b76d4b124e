"""What comes along when a number is copied? Spaces, dashes, and marks that nobody sees."""

import unicodedata

NO_WIDTH = "Cf"
"""Of Unicode's categories: where writing turns, where a word may end. Messengers add them."""

OF_NO_NUMBER = frozenset((NO_WIDTH, "Cc", "Pd", "Zl", "Zp", "Zs"))


def as_seen(text):
    """:return: the text without what has no width."""
    return "".join(letter for letter in text if unicodedata.category(letter) != NO_WIDTH)


def as_number(text):
    """:return: the letters and digits of a number of UPS's, in upper case."""
    letters = (letter for letter in text if unicodedata.category(letter) not in OF_NO_NUMBER)
    return "".join(letters).upper()
