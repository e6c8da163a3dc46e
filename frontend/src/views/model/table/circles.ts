/** Draws the bubbles of one stretch of a row: kept, removed, set by hand, chosen. */
import type { Pen } from "../../../marks/pen";
import type { Bubbles } from "./bubbles";
import type { Picture } from "./picture";

const KEPT = 1;
const REMOVED = 2;

export function paintCircles(context: Pen, picture: Picture, seen: readonly number[], layer: number): void {
  paintKept(context, picture, seen, picture.chosenLayer === layer);
  paintRemoved(context, picture, seen);
  paintChosen(context, picture, seen);
}

function addCircles(context: Pen, { x, y, radius }: Bubbles, list: readonly number[], more = 0): void {
  context.beginPath();
  for (const b of list) {
    const r = radius[b]! + more;
    context.moveTo(x[b]! + r, y[b]!);
    context.arc(x[b]!, y[b]!, r, 0, 2 * Math.PI);
  }
}

/** One by one, largest first, so that each stands out from the one below it, its ring with it. */
function paintKept(context: Pen, picture: Picture, seen: readonly number[], isChosen: boolean): void {
  const { bubbles, states, palette, structure } = picture;
  for (const b of seen) {
    const u = bubbles.unit[b]!;
    if (states.removed[u]) continue;
    const isByHand = states.hand[u] === KEPT;
    addCircles(context, bubbles, [b]);
    context.globalAlpha = isChosen ? 1 : 0.78;
    context.fillStyle = structure.free[u] ? palette.mark : palette.mark3;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 0.6;
    context.strokeStyle = palette.surface;
    if (bubbles.radius[b]! > 1.4 || isByHand) context.stroke();
    if (isByHand) strokeRings(context, picture, [b]);
  }
}

function paintRemoved(context: Pen, picture: Picture, seen: readonly number[]): void {
  const { bubbles, states, palette } = picture;
  const gone = seen.filter((b) => states.removed[bubbles.unit[b]!]);
  addCircles(context, bubbles, gone);
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.7;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.1;
  context.strokeStyle = palette.remove;
  context.stroke();
  const byHand = gone.filter((b) => states.hand[bubbles.unit[b]!] === REMOVED);
  if (byHand.length) strokeRings(context, picture, byHand);
}

/** By hand: a ring more. What fills it says the rest: grey is kept, hollow red goes. */
function strokeRings(context: Pen, { bubbles, palette }: Picture, list: readonly number[]): void {
  addCircles(context, bubbles, list, 1.7);
  context.lineWidth = 1.2;
  context.strokeStyle = palette.text;
  context.stroke();
}

function paintChosen(context: Pen, picture: Picture, seen: readonly number[]): void {
  const chosen = seen.filter((b) => picture.bubbles.unit[b] === picture.chosenUnit);
  if (!chosen.length) return;
  addCircles(context, picture.bubbles, chosen, 2.5);
  context.lineWidth = 2;
  context.strokeStyle = picture.palette.accent;
  context.stroke();
}
