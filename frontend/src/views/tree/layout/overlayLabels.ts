/** Labels of the draft and of the estimate: they stand where nothing else does, or are left out. Numbers only. */
import { type Board, type Rect, type Spot } from "../../../marks/board";
import { GHOST_Y, type EstimatePosition, type GhostPosition, type GhostSide } from "./overlays";

/** The draft's label at its own side, else at another. */
export function placeGhostLabel(ghost: GhostPosition | null, board: Board): GhostPosition | null {
  if (!ghost) return ghost;
  const sides: readonly GhostSide[] = [
    ghost.side,
    ...(Object.keys(GHOST_Y) as GhostSide[]).filter((side) => side !== ghost.side),
  ];
  const anchors = [ghost.anchor, ghost.anchor === "start" ? "end" : "start"] as const;
  const spots = sides.flatMap((side) =>
    anchors.map((anchor) => ({
      side,
      anchor,
      x: ghost.x + (anchor === "start" ? -10 : 10),
      y: ghost.y + GHOST_Y[side],
      text: ghost.label,
    })),
  );
  const found = board.settle(spots);
  return found ? { ...ghost, side: found.side, anchor: found.anchor } : { ...ghost, label: "" };
}

/** Beside, left of, below or above the diamond, wherever it is free; nowhere, if it is not: its tooltip says the same. */
export function placeEstimateLabel(estimate: EstimatePosition | null, board: Board): EstimatePosition | null {
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
      ({ ...side, x: estimate.x + side.labelX, y: estimate.y + side.labelY, text: estimate.label }) satisfies Spot &
        typeof side,
  );
  const found = board.settle(spots, false);
  return found
    ? { ...estimate, anchor: found.anchor, labelX: found.labelX, labelY: found.labelY }
    : { ...estimate, label: "" };
}

const DIAMOND_RADIUS = 6;

/** The diamond itself. */
export const estimateRect = ({ x, y }: EstimatePosition): Rect => ({
  left: x - DIAMOND_RADIUS,
  right: x + DIAMOND_RADIUS,
  top: y - DIAMOND_RADIUS,
  bottom: y + DIAMOND_RADIUS,
});
