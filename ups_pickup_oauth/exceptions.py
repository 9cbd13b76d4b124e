"""What goes wrong for who asks for a token. The class says who can help.

All are `UserError`, so that an addon which lets them pass shows its user a sentence.
"""

from odoo.exceptions import UserError


class UpsReauthorizationNeeded(UserError):
    """The company is not authorized, or no longer: an administrator must authorize it."""


class UpsSettingsWrong(UserError):
    """UPS refuses this Odoo's settings: an administrator must correct them. Tokens stay."""


class UpsGivenElsewhere(UpsReauthorizationNeeded, UpsSettingsWrong):
    """The authorization was given to another application, environment, host or database.

    Authorize again, or put back what was changed: the tokens stay, and then go on.
    """


class UpsTryLater(UserError):
    """UPS cannot answer now. Tokens stay.

    :param str message: what the user reads.
    :param int retry_after: seconds after which to try again, or None when nobody knows.
    """

    def __init__(self, message, retry_after=None):
        super().__init__(message)
        self.retry_after = retry_after


class UpsBusy(UpsTryLater):
    """The authorization is just being renewed, for somebody else."""


class UpsNothingToDo(UserError):
    """Somebody else was quicker: what was asked for is so already. Nothing was changed."""
