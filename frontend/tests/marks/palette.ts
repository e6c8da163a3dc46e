/** The colours of the page, read from its design tokens. */
import { readFileSync } from "node:fs";

export type Theme = "light" | "dark";
export const THEMES: readonly Theme[] = ["light", "dark"];
const TOKENS = readFileSync("src/styles/tokens.css", "utf8");

/** The page's colours; the dark theme inherits what it does not define from the light one. */
export function palette(theme: Theme): ReadonlyMap<string, string> {
  const read = (block: string): [string, string][] =>
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]);
  const blocks = TOKENS.split("}");
  const [light, dark] = [
    blocks.find((block) => block.includes('[data-theme="light"]'))!,
    blocks.find((block) => block.includes('[data-theme="dark"]'))!,
  ];
  return new Map([...read(light), ...(theme === "dark" ? read(dark) : [])]);
}
