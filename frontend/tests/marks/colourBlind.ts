/** Simulates colour vision deficiencies, and measures the difference of two colours. */
import { lab, rgb } from "d3-color";

export type Deficiency = "normal" | "protanopia" | "deuteranopia" | "tritanopia";

/** Machado, Oliveira and Fernandes 2009, severity 1.0; rows give red, green, blue, in linear light. */
export const DEFICIENCIES: Readonly<Record<Deficiency, readonly (readonly number[])[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const toLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const toGamma = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);
const clamp = (value: number): number => Math.min(1, Math.max(0, value));

export function simulate(colour: string, deficiency: Deficiency): string {
  const { r, g, b } = rgb(colour);
  const linear = [r, g, b].map((value) => toLinear(value / 255));
  const simulated = DEFICIENCIES[deficiency].map(
    (row) => toGamma(clamp(row.reduce((sum, weight, i) => sum + weight * linear[i]!, 0))) * 255,
  );
  return rgb(simulated[0]!, simulated[1]!, simulated[2]!).formatHex();
}

const RAD = Math.PI / 180;
const hueOf = (a: number, b: number): number => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / RAD + 360) % 360);

/** CIEDE2000 (Sharma, Wu and Dalal 2005); 1 is just noticeable side by side. */
export function deltaE(first: string, second: string): number {
  const [p, q] = [lab(first), lab(second)];
  const c7 = ((Math.hypot(p.a, p.b) + Math.hypot(q.a, q.b)) / 2) ** 7;
  const g = 0.5 * (1 - Math.sqrt(c7 / (c7 + 25 ** 7)));
  const [a1, a2] = [p.a * (1 + g), q.a * (1 + g)];
  const [c1, c2] = [Math.hypot(a1, p.b), Math.hypot(a2, q.b)];
  const [h1, h2] = [hueOf(a1, p.b), hueOf(a2, q.b)];
  const turn = h2 - h1 > 180 ? -360 : h2 - h1 < -180 ? 360 : 0;
  const dh = c1 * c2 === 0 ? 0 : h2 - h1 + turn;
  const [dl, dc, dH] = [q.l - p.l, c2 - c1, 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * RAD)];
  const [l, c] = [(p.l + q.l) / 2, (c1 + c2) / 2];
  const h = c1 * c2 === 0 ? h1 + h2 : Math.abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : ((h1 + h2 + 360) / 2) % 360;
  const t =
    1 -
    0.17 * Math.cos((h - 30) * RAD) +
    0.24 * Math.cos(2 * h * RAD) +
    0.32 * Math.cos((3 * h + 6) * RAD) -
    0.2 * Math.cos((4 * h - 63) * RAD);
  const [sl, sc, sh] = [1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2), 1 + 0.045 * c, 1 + 0.015 * c * t];
  const turned = -2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * Math.sin(60 * Math.exp(-(((h - 275) / 25) ** 2)) * RAD);
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + turned * (dc / sc) * (dH / sh));
}
