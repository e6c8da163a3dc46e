/** The radar's corners: six shares that a plan removes. Numbers only. */
import type { Plan } from "../../../api/values";

export type Shares = Plan["shares"];

export interface Axis {
  readonly key: keyof Shares;
  readonly label: string;
}

export const AXES: readonly Axis[] = [
  { key: "filters", label: "filters" },
  { key: "sensitivity", label: "sensitivity" },
  { key: "instability", label: "instability" },
  { key: "parameters", label: "parameters" },
  { key: "macs", label: "MACs" },
  { key: "size_bytes", label: "bytes" },
];

export interface Radar {
  readonly center: readonly [number, number];
  readonly radius: number;
}

export function layoutRadar(width: number, height: number): Radar {
  return { center: [width / 2, height / 2 + 3], radius: Math.max(20, Math.min(width / 2 - 60, height / 2 - 36)) };
}

/** Where a share of axis `i` stands, pixels. */
export function radarPoint({ center, radius }: Radar, i: number, share: number): [number, number] {
  const angle = -Math.PI / 2 + (i * Math.PI) / 3;
  return [center[0] + radius * share * Math.cos(angle), center[1] + radius * share * Math.sin(angle)];
}

/** Corners as an SVG `points` attribute; an axis without a value stands at the middle. */
export function radarPolygon(radar: Radar, shares: Shares): string {
  return AXES.map(({ key }, i) =>
    radarPoint(radar, i, shares[key] ?? 0)
      .map((v) => v.toFixed(2))
      .join(","),
  ).join(" ");
}

export function ringPolygon(radar: Radar, share: number): string {
  return AXES.map((_, i) =>
    radarPoint(radar, i, share)
      .map((v) => v.toFixed(2))
      .join(","),
  ).join(" ");
}
