/** What the export path asks of a browser and jsdom lacks: computed styles of the page's style sheets, and places. */
import { readFileSync } from "node:fs";
import { vi } from "vitest";

/** In order of main.ts. */
const SHEETS = [...readFileSync("src/main.ts", "utf8").matchAll(/"\.\/(styles\/[\w/]+\.css)"/g)].map(([, path]) =>
  readFileSync(`src/${path!}`, "utf8"),
);

const INITIAL: Readonly<Record<string, string>> = {
  fill: "rgb(0, 0, 0)",
  "fill-opacity": "1",
  stroke: "none",
  "stroke-width": "1px",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "paint-order": "normal",
  opacity: "1",
  "font-family": "serif",
  "font-size": "16px",
  "font-weight": "400",
  "font-style": "normal",
  "text-anchor": "start",
  display: "inline",
};
const OWN = new Set(["opacity", "display"]);

interface Rule {
  readonly selector: string;
  readonly weight: number;
  readonly style: CSSStyleDeclaration;
}

/** Ids, then classes, attributes and pseudo-classes, then elements; `:is` and `:not` count for what they hold. */
function weigh(selector: string): number {
  const count = (pattern: RegExp): number => selector.match(pattern)?.length ?? 0;
  const names = /(^|[\s>+~(,])[a-z][\w-]*/gi;
  return 1e4 * count(/#[\w-]+/g) + 100 * count(/\.[\w-]+|\[|:(?!is|not|has|where|:)[\w-]+/g) + count(names);
}

/** Selectors of one rule apart; commas in parentheses divide nothing. */
const selectorsOf = (text: string): readonly string[] => text.split(/,(?![^(]*\))/).map((one) => one.trim());

/** jsdom's has a length and indices, and no iterator. */
const namesIn = (style: CSSStyleDeclaration): readonly string[] =>
  Array.from({ length: style.length }, (_, index) => style[index]!);

const RULES: Rule[] = [];
const VARIABLES = new Map<string, string>();

function readSheets(): void {
  for (const text of SHEETS) {
    const element = document.head.appendChild(document.createElement("style"));
    element.textContent = text;
    for (const rule of element.sheet!.cssRules) {
      if (!(rule instanceof CSSStyleRule)) continue;
      if (/^:root/.test(rule.selectorText))
        for (const name of namesIn(rule.style)) VARIABLES.set(name, rule.style.getPropertyValue(name));
      for (const selector of selectorsOf(rule.selectorText))
        RULES.push({ selector, weight: weigh(selector), style: rule.style });
    }
    element.remove();
  }
  RULES.sort((a, b) => a.weight - b.weight); // stable: of equal weight the later one wins
}

const resolve = (value: string): string =>
  value.replace(/var\((--[\w-]+)\)/g, (_, name: string) => resolve(VARIABLES.get(name)?.trim() ?? ""));

/** "12px / 16px Arial" */
function expandFont(font: string): Readonly<Record<string, string>> {
  const [, size, family] = /^([\d.]+px)\s*\/\s*[\d.]+px\s+(.+)$/.exec(font) ?? [];
  return size && family ? { "font-size": size, "font-family": family } : {};
}

type Values = Readonly<Record<string, string>>;
const known = new WeakMap<Element, Values>();

function declaredOn(element: Element): Record<string, string> {
  const values: Record<string, string> = {};
  const take = (style: CSSStyleDeclaration): void => {
    for (const name of namesIn(style)) {
      const value = resolve(style.getPropertyValue(name));
      if (name === "font") Object.assign(values, expandFont(value));
      else if (name in INITIAL) values[name] = value;
    }
  };
  for (const name of Object.keys(INITIAL)) {
    const attribute = element.getAttribute(name);
    if (attribute !== null) values[name] = resolve(attribute);
  }
  for (const { selector, style } of RULES) if (matches(element, selector)) take(style);
  take((element as HTMLElement | SVGElement).style);
  return values;
}

/** The last class or element of a selector tells most elements apart at once. */
const LAST = /([.#]?[\w-]+)[^\s>+~]*$/;

function matches(element: Element, selector: string): boolean {
  const last = /[:[*]/.test(selector) ? null : LAST.exec(selector)![1]!;
  if (last?.startsWith(".") && !element.classList.contains(last.slice(1))) return false;
  if (last && /^[a-z]/.test(last) && element.localName !== last) return false;
  try {
    return element.matches(selector);
  } catch {
    return false; // of a part that jsdom does not know, as ::backdrop
  }
}

function valuesOf(element: Element): Values {
  const cached = known.get(element);
  if (cached) return cached;
  const parent = element.parentElement ? valuesOf(element.parentElement) : INITIAL;
  const declared = declaredOn(element);
  const values = Object.fromEntries(
    Object.keys(INITIAL).map((name) => {
      const value = declared[name] ?? "inherit";
      const isGiven = value !== "inherit" && value !== "";
      return [name, isGiven ? value : OWN.has(name) ? INITIAL[name]! : parent[name]!];
    }),
  );
  known.set(element, values);
  return values;
}

const numberOf = (element: Element, name: "width" | "height"): number =>
  Number.parseFloat((element as HTMLElement).style[name] || (element.getAttribute(name) ?? "0"));

/** Where the style sheets put the drawings of a chart that is made of several. */
function placeOf(element: Element): DOMRect {
  const of = (selector: string, name: "width" | "height"): number => {
    const found = element.closest(".table, .matrix")?.querySelector(selector);
    return found ? numberOf(found, name) : 0;
  };
  const at = { x: 0, y: 0, width: numberOf(element, "width"), height: numberOf(element, "height") };
  if (element.matches(".table")) return DOMRect.fromRect({ ...at, width: of(".columns", "width") });
  if (element.matches(".window"))
    return DOMRect.fromRect({ ...at, y: of(".columns", "height"), width: of(".columns", "width") });
  if (element instanceof HTMLCanvasElement)
    Object.assign(at, { width: of(".ground", "width"), height: of(".ground", "height") });
  if (element.closest(".window")) at.y = of(".columns", "height");
  if (element.matches(".scores")) at.y = of(".columns", "height") + of(".window", "height");
  if (element.matches(".matrix")) {
    at.width = of(".corner", "width") + of(".cells", "width");
    at.height = of(".corner", "height") + of(".cells", "height");
  }
  if (element.matches(".matrix > .columns, .matrix > .cells")) at.x = of(".corner", "width");
  if (element.matches(".matrix > .rows, .matrix > .cells")) at.y = of(".corner", "height");
  return DOMRect.fromRect(at);
}

/** Until the end of the test. `room`: of every box that is drawn into. */
export function behaveAsBrowser(room: { readonly width: number; readonly height: number }): void {
  if (RULES.length === 0) readSheets();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  vi.stubGlobal("getComputedStyle", (element: Element) => ({
    getPropertyValue: (name: string) =>
      name.startsWith("--") ? resolve(`var(${name})`) : (valuesOf(element)[name] ?? ""),
  }));
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    return placeOf(this);
  });
  for (const name of ["width", "height"] as const) {
    Object.defineProperty(SVGSVGElement.prototype, name, {
      configurable: true,
      get(this: SVGSVGElement) {
        return { baseVal: { value: numberOf(this, name) } };
      },
    });
  }
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(room.width);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(room.height);
}
