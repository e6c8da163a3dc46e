/** Draws the bubbles of one stretch of a row: kept, removed, set by hand, chosen. */
import type { Pen } from "../../marks/pen";
import type { Bubbles } from "./bubbles";
import type { Picture } from "./picture";

export function paintCircles(context: Pen, picture: Picture, seen: readonly number[], layer: number): void {
  paintKept(context, picture, seen, picture.chosenLayer === layer);
  paintRemoved(context, picture, seen);
  paintHand(context, picture, seen);
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

/** One by one, largest first, so that each stands out from the one below it. */
function paintKept(context: Pen, picture: Picture, seen: readonly number[], isChosen: boolean): void {
  const { bubbles, states, palette, structure } = picture;
  context.lineWidth = 0.6;
  context.strokeStyle = palette.surface;
  for (const b of seen) {
    const u = bubbles.unit[b]!;
    if (states.removed[u]) continue;
    context.beginPath();
    context.arc(bubbles.x[b]!, bubbles.y[b]!, bubbles.radius[b]!, 0, 2 * Math.PI);
    context.globalAlpha = isChosen ? 1 : 0.78;
    context.fillStyle = structure.free[u] ? palette.mark : palette.mark3;
    context.fill();
    context.globalAlpha = 1;
    if (bubbles.radius[b]! > 1.4) context.stroke();
  }
}

function paintRemoved(context: Pen, { bubbles, states, palette }: Picture, seen: readonly number[]): void {
  addCircles(context, bubbles, seen.filter((b) => states.removed[bubbles.unit[b]!]));
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.7;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.1;
  context.strokeStyle = palette.remove;
  context.stroke();
}

/** By hand: a ring in text colour; kept is filled, removed is crossed out. */
function paintHand(context: Pen, { bubbles, states, palette }: Picture, seen: readonly number[]): void {
  const byHand = seen.filter((b) => states.hand[bubbles.unit[b]!]);
  if (!byHand.length) return;
  addCircles(context, bubbles, byHand, 2.5);
  context.lineWidth = 1.6;
  context.strokeStyle = palette.text;
  context.stroke();
  addCircles(context, bubbles, byHand.filter((b) => states.hand[bubbles.unit[b]!] === 1));
  context.fillStyle = palette.text;
  context.fill();
  context.beginPath();
  for (const b of byHand.filter((b) => states.hand[bubbles.unit[b]!] === 2)) addCross(context, bubbles.x[b]!, bubbles.y[b]!);
  context.strokeStyle = palette.remove;
  context.stroke();
}

function addCross(context: Pen, x: number, y: number): void {
  context.moveTo(x - 2.5, y - 2.5);
  context.lineTo(x + 2.5, y + 2.5);
  context.moveTo(x + 2.5, y - 2.5);
  context.lineTo(x - 2.5, y + 2.5);
}

function paintChosen(context: Pen, picture: Picture, seen: readonly number[]): void {
  const chosen = seen.filter((b) => picture.bubbles.unit[b] === picture.chosenUnit);
  if (!chosen.length) return;
  addCircles(context, picture.bubbles, chosen, 2.5);
  context.lineWidth = 2;
  context.strokeStyle = picture.palette.accent;
  context.stroke();
}
