/** Lists all charts of Statistics from top to bottom: one per file in `charts/`. */
import type { StatsChart } from "./chart";

const CHART_MODULES = import.meta.glob<StatsChart>("./charts/*.ts", { eager: true, import: "default" });

export const CHARTS: readonly StatsChart[] = Object.values(CHART_MODULES).sort((a, b) => a.order - b.order);
