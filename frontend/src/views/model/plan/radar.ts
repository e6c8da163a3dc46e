/**
 * Radar chart with six axes, one per quantity such as filters or MACs. Each axis shows the share that the plan removes.
 */
import { type Box, drawLabels, type Group, ensureGroup, ensureSvg } from "../../../marks/elements";
import type { Plan } from "../../../api/values";

/**
 * The shares that a plan removes, one per axis, 0–1; null if a share is unknown. `filters` is a share of the free
 * filters (those that can be removed), as in rules.
 */
export type Shares = Omit<Plan["shares"], "filters"> & { readonly filters: number | null };

export interface RadarAxis {
  readonly key: keyof Shares;
  readonly label: string;
}

export const RADAR_AXES: readonly RadarAxis[] = [
  { key: "filters", label: "free filters" },
  { key: "sensitivity", label: "sensitivity" },
  { key: "instability", label: "instability" },
  { key: "parameters", label: "parameters" },
  { key: "macs", label: "MACs" },
  { key: "size_bytes", label: "bytes" },
];

export interface RadarLayout {
  readonly center: readonly [number, number];
  readonly radius: number;
}

export function layoutRadar(width: number, height: number): RadarLayout {
  return { center: [width / 2, height / 2 + 3], radius: Math.max(20, Math.min(width / 2 - 60, height / 2 - 36)) };
}

/** Returns the position of a share on axis number `i` as [x, y], in pixels. */
export function radarPoint({ center, radius }: RadarLayout, i: number, share: number): [number, number] {
  const angle = -Math.PI / 2 + (i * Math.PI) / 3;
  return [center[0] + radius * share * Math.cos(angle), center[1] + radius * share * Math.sin(angle)];
}

/**
 * Returns the polygon that connects a plan's shares, as an SVG `points` attribute. A missing share is drawn as 0, at
 * the centre.
 */
function radarPolygon(radar: RadarLayout, shares: Shares): string {
  return RADAR_AXES.map(({ key }, i) =>
    radarPoint(radar, i, shares[key] ?? 0)
      .map((v) => v.toFixed(2))
      .join(","),
  ).join(" ");
}

function ringPolygon(radar: RadarLayout, share: number): string {
  return RADAR_AXES.map((_, i) =>
    radarPoint(radar, i, share)
      .map((v) => v.toFixed(2))
      .join(","),
  ).join(" ");
}

export interface ComparisonPlan {
  readonly name: string;
  readonly isApplied: boolean;
  readonly shares: Shares;
}

export interface RadarData {
  readonly shares: Shares;
  /** Another plan of the node, drawn with dashes for comparison; null if there is none. */
  readonly otherPlan: ComparisonPlan | null;
  readonly width: number;
  readonly height: number;
}

export function drawRadar(box: Box, data: RadarData): void {
  const radar = layoutRadar(data.width, data.height);
  const svg = ensureSvg(box, "radar", data.width, data.height).attr("role", "img").attr("aria-label", describe(data));
  drawRings(ensureGroup(svg, "rings"), radar);
  drawPolygons(ensureGroup(svg, "shares"), radar, data);
  drawLabels(ensureGroup(svg, "labels"), axisLabels(radar, data.shares));
  drawLabels(ensureGroup(svg, "caption"), [
    { key: "title", x: 12, y: 15, text: "Share removed", emphasis: "bold" },
    {
      key: "other",
      x: 12,
      y: data.height - 6,
      text: data.otherPlan ? `╌ ${data.otherPlan.isApplied ? "plan" : "draft"} ${data.otherPlan.name}` : "",
      emphasis: "dimmed",
    },
  ]);
}

function describe({ shares }: RadarData): string {
  return `Share removed: ${RADAR_AXES.map(({ key, label }) => `${label} ${percent(shares[key])}`).join(", ")}`;
}

function percent(share: number | null): string {
  return share === null ? "–" : `${(100 * share).toFixed(1)}%`;
}

function drawRings(group: Group, radar: RadarLayout): void {
  group
    .selectAll("polygon")
    .data([0.25, 0.5, 0.75, 1])
    .join("polygon")
    .attr("points", (share) => ringPolygon(radar, share))
    .attr("fill", "none")
    .attr("stroke", (share) => (share === 1 ? "var(--mark-2)" : "var(--line)"));
  group
    .selectAll("line")
    .data(RADAR_AXES.map((_, i) => radarPoint(radar, i, 1)))
    .join("line")
    .attr("x1", radar.center[0])
    .attr("y1", radar.center[1])
    .attr("x2", ([x]) => x)
    .attr("y2", ([, y]) => y)
    .attr("stroke", "var(--line)");
}

function drawPolygons(group: Group, radar: RadarLayout, { shares, otherPlan }: RadarData): void {
  group
    .selectAll("polygon.other")
    .data(otherPlan ? [otherPlan.shares] : [])
    .join("polygon")
    .attr("class", "other")
    .attr("points", (polygon) => radarPolygon(radar, polygon))
    .attr("fill", "none")
    .attr("stroke", "var(--mark)")
    .attr("stroke-dasharray", "2 2");
  group
    .selectAll("polygon.current")
    .data([shares])
    .join("polygon")
    .attr("class", "current")
    .attr("points", (polygon) => radarPolygon(radar, polygon))
    .attr("fill", "var(--remove)")
    .attr("fill-opacity", 0.13)
    .attr("stroke", "var(--remove)")
    .attr("stroke-width", 1.5);
  group
    .selectAll("circle")
    .data(RADAR_AXES.map(({ key }, i) => radarPoint(radar, i, shares[key] ?? 0)))
    .join("circle")
    .attr("cx", ([x]) => x)
    .attr("cy", ([, y]) => y)
    .attr("r", 2)
    .attr("fill", "var(--remove)");
}

const LABEL_ANCHORS = ["middle", "start", "start", "middle", "end", "end"] as const;
const LABEL_Y_OFFSETS = [-19, -4, 4, 13, 4, -4];

function axisLabels(radar: RadarLayout, shares: Shares): Parameters<typeof drawLabels>[1] {
  return RADAR_AXES.flatMap(({ key, label }, i) => {
    const [x, y] = radarPoint(radar, i, 1);
    const anchor = LABEL_ANCHORS[i]!;
    const at = x + (anchor === "start" ? 6 : anchor === "end" ? -6 : 0);
    return [
      { key: `${key} name`, x: at, y: y + LABEL_Y_OFFSETS[i]!, text: label, anchor },
      {
        key: `${key} value`,
        x: at,
        y: y + LABEL_Y_OFFSETS[i]! + 13,
        text: percent(shares[key]),
        anchor,
        emphasis: "bold" as const,
      },
    ];
  });
}
