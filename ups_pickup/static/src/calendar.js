/** Pickups by day: closed days of the chosen locations are grey, and what UPS was told stays. */

import { serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";

class PickupCalendarModel extends calendarView.Model {
    /** Odoo's own asks before it knows which locations are chosen. */
    async updateData(data) {
        await super.updateData(data);
        const { start, end } = data.range;
        const filters = data.filterSections.location_id?.filters || [];
        const chosen = filters.filter((each) => each.active && each.value);
        const days = await this.orm.call(
            this.meta.resModel,
            "get_unusual_days",
            [serializeDateTime(start), serializeDateTime(end)],
            { location_ids: chosen.map((each) => each.value) }
        );
        data.unusualDays = Object.keys(days).filter((day) => days[day]);
    }

    /** A day has room for one word: where, not the number. */
    normalizeRecord(rawRecord) {
        return { ...super.normalizeRecord(rawRecord), title: rawRecord.location_id[1] };
    }

    /** What may not be moved is shown where it was, and the refusal beside it. */
    async updateRecord() {
        try {
            return await super.updateRecord(...arguments);
        } catch (error) {
            await this.load();
            throw error;
        }
    }
}

registry
    .category("views")
    .add("ups_pickup_calendar", { ...calendarView, Model: PickupCalendarModel });
