/** The list and the cards of pickups, with the overview above. */

import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { UpsPickupOverview } from "./overview";

class OverviewListRenderer extends ListRenderer {
    static template = "ups_pickup.OverviewListRenderer";
    static components = { ...ListRenderer.components, UpsPickupOverview };
}

class OverviewKanbanRenderer extends KanbanRenderer {
    static template = "ups_pickup.OverviewKanbanRenderer";
    static components = { ...KanbanRenderer.components, UpsPickupOverview };
}

const views = registry.category("views");
views.add("ups_pickup_overview_list", { ...listView, Renderer: OverviewListRenderer });
views.add("ups_pickup_overview_kanban", { ...kanbanView, Renderer: OverviewKanbanRenderer });
