"""A fast clock for UPS and for Odoo, without touching the machine's own.

UPS's clock is moved forward. Odoo's is the machine's, so that its database is moved back by as
much: to Odoo it is all the same whether the hour is later or what it had noted is older.
"""

from datetime import datetime, timezone

from tests.administrator import Broken, Refused
from tests.soak.traffic import Traffic

DAILY_JOB = 40 * 60  # seconds of that clock; it stands for the day of a token that lives 60 days

JOBS = {
    "daily job": "ups_pickup_oauth.ir_cron_keep_alive",
    "news of pickups": "ups_pickup.ir_cron_check",
}

# A row that is being renewed is left alone: it gets new dates in a moment. The date on which a
# person authorized stays: nothing is counted from it, and it tells one authorization from another.
_MOVE_BACK = """
    WITH pickups AS (
        UPDATE ups_pickup
           SET claimed_on = claimed_on - %(by)s, looked_on = looked_on - %(by)s,
               missed_on = missed_on - %(by)s, priced_on = priced_on - %(by)s
         WHERE id IN (SELECT id FROM ups_pickup FOR NO KEY UPDATE SKIP LOCKED)
    ), accounts AS (
        UPDATE ups_pickup_account SET paused_until = paused_until - %(by)s
    )
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

    def move(self, seconds: float) -> None:
        """Let that time go by; the daily job runs when it is due, and time waits for it."""
        self._site.sql(_MOVE_BACK.replace("%(by)s", f"interval '{seconds} seconds'"))
        self._site.ups.advance_clock(seconds)
        # A day of the calendar is the machine's all the while: no pickup's is over.
        self._site.ups.set_time(datetime.now(timezone.utc).isoformat())
        self.seconds += seconds
        self._since_job += seconds
        if self._since_job >= DAILY_JOB and all(self.run_job(what) for what in JOBS):
            self._since_job = 0

    def run_job(self, what: str) -> bool:
        host = self._site.hosts[int(self.seconds) // DAILY_JOB % 2]
        try:
            failed = isinstance(host.run_cron(JOBS[what]), dict)
        except (Refused, Broken) as problem:
            self._traffic.count(what, problem.kind)
            return False
        self._traffic.count(what, "failed" if failed else "done")
        return True
