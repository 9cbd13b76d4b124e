/** How long is it until then? */

import { _t } from "@web/core/l10n/translation";

/** Whole minutes, rounded down: nobody shall think that there is more. */
export function timeLeft(seconds) {
    const minutes = Math.floor(seconds / 60);
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    if (hours) {
        return _t("%(hours)s h %(minutes)s min left", { hours, minutes: rest });
    }
    return minutes ? _t("%s min left", minutes) : _t("less than a minute left");
}
