/**
 * Places the labels of the draft and of the estimate where they cover nothing. A label with no such place is left out.
 */
import { type LabelLayout, type Rect, type LabelSpot } from "../../../marks/labelLayout";
import { GHOST_LABEL_Y, type EstimatePosition, type GhostPosition, type GhostLabelSide } from "./overlays";

/**
 * Places the label of the ghost (the draft's node) on its preferred side or, if that side is occupied, on another. If
 * no side is free, the label is left out.
 */
export function placeGhostLabel(ghost: GhostPosition | null, labelLayout: LabelLayout): GhostPosition | null {
  if (!ghost) return ghost;
  const sidesByPreference: readonly GhostLabelSide[] = [
    ghost.side,
    ...(Object.keys(GHOST_LABEL_Y) as GhostLabelSide[]).filter((side) => side !== ghost.side),
  ];
  const anchorsByPreference = [ghost.anchor, ghost.anchor === "start" ? "end" : "start"] as const;
  const spots = sidesByPreference.flatMap((side) =>
    anchorsByPreference.map((anchor) => ({
      side,
      anchor,
      x: ghost.x + (anchor === "start" ? -10 : 10),
      y: ghost.y + GHOST_LABEL_Y[side],
      text: ghost.label,
    })),
  );
  const spot = labelLayout.placeLabel(spots);
  return spot ? { ...ghost, side: spot.side, anchor: spot.anchor } : { ...ghost, label: "" };
}

/**
 * Places the estimate's label on a free side of its diamond. If no side is free, the label is left out, because the
 * tooltip contains the same text.
 */
export function placeEstimateLabel(
  estimate: EstimatePosition | null,
  labelLayout: LabelLayout,
): EstimatePosition | null {
  if (!estimate?.label) return estimate;
  const { anchor, labelX, labelY } = estimate;
  const sides = [
    { anchor, labelX, labelY },
    { anchor: "start", labelX: 9, labelY: 4 },
    { anchor: "end", labelX: -7, labelY: 4 },
    { anchor: "middle", labelX: 0, labelY: 18 },
    { anchor: "middle", labelX: 0, labelY: -10 },
  ] as const;
  const spots = sides.map(
    (side) =>
      ({
        ...side,
        x: estimate.x + side.labelX,
        y: estimate.y + side.labelY,
        text: estimate.label,
      }) satisfies LabelSpot & typeof side,
  );
  const spot = labelLayout.placeLabel(spots, false);
  return spot
    ? { ...estimate, anchor: spot.anchor, labelX: spot.labelX, labelY: spot.labelY }
    : { ...estimate, label: "" };
}

const DIAMOND_RADIUS = 6;

/** Returns the bounding box of the estimate's diamond. */
export const estimateRect = ({ x, y }: EstimatePosition): Rect => ({
  left: x - DIAMOND_RADIUS,
  right: x + DIAMOND_RADIUS,
  top: y - DIAMOND_RADIUS,
  bottom: y + DIAMOND_RADIUS,
});
