"""A fast clock for UPS and for Odoo, without touching the machine's own.

UPS's clock is moved forward. Odoo's is the machine's, so that its database is moved back by as
much: to Odoo it is all the same whether the hour is later or what it had noted is older.
"""

from tests.soak.odoo_host import Broken, Refused
from tests.soak.traffic import Traffic

DAILY_JOB = 40 * 60  # seconds of that clock; it stands for the day of a token that lives 60 days

# A row that is being renewed is left alone: it gets new dates in a moment. The date on which a
# person authorized stays: nothing is counted from it, and it tells one authorization from another.
_MOVE_BACK = """
    UPDATE ups_connection
       SET access_token_expires_at = access_token_expires_at - %(by)s,
           refresh_token_expires_at = refresh_token_expires_at - %(by)s,
           refreshed_on = refreshed_on - %(by)s,
           retry_at = retry_at - %(by)s,
           last_problem_on = last_problem_on - %(by)s,
           refusal_renewed_on = refusal_renewed_on - %(by)s
     WHERE id IN (SELECT id FROM ups_connection FOR NO KEY UPDATE SKIP LOCKED)
"""


class Clock:
    """Moved by one caller at a time."""

    def __init__(self, traffic: Traffic):
        self._traffic, self._site = traffic, traffic.site
        self._since_job = 0.0
        self.seconds = 0.0  # since the start
        ((self._job,),) = self._site.sql(
            "SELECT id FROM ir_cron WHERE cron_name = 'UPS: keep authorizations alive'"
        )

    def move(self, seconds: float) -> None:
        """Let that time go by; the daily job runs when it is due, and time waits for it."""
        statement = _MOVE_BACK.replace("%(by)s", f"interval '{seconds} seconds'")
        self._site.sql(statement)
        self._site.ups.advance_clock(seconds)
        self.seconds += seconds
        self._since_job += seconds
        if self._since_job >= DAILY_JOB and self._run_job():
            self._since_job = 0

    def _run_job(self) -> bool:
        host = self._site.hosts[int(self.seconds) // DAILY_JOB % 2]
        try:
            failed = host.call("ir.cron", "method_direct_trigger", [self._job])
        except (Refused, Broken) as problem:
            self._traffic.count("daily job", type(problem).__name__.lower())
            return False
        self._traffic.count("daily job", "failed" if isinstance(failed, dict) else "done")
        return True
