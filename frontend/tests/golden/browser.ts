/** Browser features that chart export needs and jsdom lacks: computed styles of the page's style sheets, and layout. */
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
const NOT_INHERITED = new Set(["opacity", "display"]);

interface Rule {
  readonly selector: string;
  readonly specificity: number;
  readonly style: CSSStyleDeclaration;
}

/**
 * Specificity: ids, then classes, attributes and pseudo-classes, then elements; `:is` and `:not` count as their
 * arguments.
 */
function specificity(selector: string): number {
  const count = (pattern: RegExp): number => selector.match(pattern)?.length ?? 0;
  const names = /(^|[\s>+~(,])[a-z][\w-]*/gi;
  return 1e4 * count(/#[\w-]+/g) + 100 * count(/\.[\w-]+|\[|:(?!is|not|has|where|:)[\w-]+/g) + count(names);
}

/** Splits the selectors of a rule; commas in parentheses do not separate. */
const selectorsOf = (text: string): readonly string[] => text.split(/,(?![^(]*\))/).map((selector) => selector.trim());

/** jsdom's declaration has a length and indices, but no iterator. */
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
        RULES.push({ selector, specificity: specificity(selector), style: rule.style });
    }
    element.remove();
  }
  RULES.sort((a, b) => a.specificity - b.specificity); // stable: at equal specificity the later rule wins
}

const resolve = (value: string): string =>
  value.replace(/var\((--[\w-]+)\)/g, (_, name: string) => resolve(VARIABLES.get(name)?.trim() ?? ""));

/** "12px / 16px Arial" */
function expandFont(font: string): Readonly<Record<string, string>> {
  const [, size, family] = /^([\d.]+px)\s*\/\s*[\d.]+px\s+(.+)$/.exec(font) ?? [];
  return size && family ? { "font-size": size, "font-family": family } : {};
}

type Values = Readonly<Record<string, string>>;
const valuesByElement = new WeakMap<Element, Values>();

function declaredOn(element: Element): Record<string, string> {
  const values: Record<string, string> = {};
  const apply = (style: CSSStyleDeclaration): void => {
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
  for (const { selector, style } of RULES) if (matches(element, selector)) apply(style);
  apply((element as HTMLElement | SVGElement).style);
  return values;
}

/** The last class or element of a selector, to reject most elements quickly. */
const LAST = /([.#]?[\w-]+)[^\s>+~]*$/;

function matches(element: Element, selector: string): boolean {
  const last = /[:[*]/.test(selector) ? null : LAST.exec(selector)![1]!;
  if (last?.startsWith(".") && !element.classList.contains(last.slice(1))) return false;
  if (last && /^[a-z]/.test(last) && element.localName !== last) return false;
  try {
    return element.matches(selector);
  } catch {
    return false; // contains a part unknown to jsdom, such as ::backdrop
  }
}

function valuesOf(element: Element): Values {
  const cached = valuesByElement.get(element);
  if (cached) return cached;
  const parent = element.parentElement ? valuesOf(element.parentElement) : INITIAL;
  const declared = declaredOn(element);
  const values = Object.fromEntries(
    Object.keys(INITIAL).map((name) => {
      const value = declared[name] ?? "inherit";
      const isSet = value !== "inherit" && value !== "";
      return [name, isSet ? value : NOT_INHERITED.has(name) ? INITIAL[name]! : parent[name]!];
    }),
  );
  valuesByElement.set(element, values);
  return values;
}

const numberOf = (element: Element, name: "width" | "height"): number =>
  Number.parseFloat((element as HTMLElement).style[name] || (element.getAttribute(name) ?? "0"));

/** Bounds of the drawings of a layered chart, as the style sheets lay them out. */
function boundsOf(element: Element): DOMRect {
  const sizeOf = (selector: string, name: "width" | "height"): number => {
    const sibling = element.closest(".table, .matrix")?.querySelector(selector);
    return sibling ? numberOf(sibling, name) : 0;
  };
  const bounds = { x: 0, y: 0, width: numberOf(element, "width"), height: numberOf(element, "height") };
  if (element.matches(".table")) return DOMRect.fromRect({ ...bounds, width: sizeOf(".columns", "width") });
  if (element.matches(".window"))
    return DOMRect.fromRect({ ...bounds, y: sizeOf(".columns", "height"), width: sizeOf(".columns", "width") });
  if (element instanceof HTMLCanvasElement)
    Object.assign(bounds, { width: sizeOf(".ground", "width"), height: sizeOf(".ground", "height") });
  if (element.closest(".window")) bounds.y = sizeOf(".columns", "height");
  if (element.matches(".scores")) bounds.y = sizeOf(".columns", "height") + sizeOf(".window", "height");
  if (element.matches(".matrix")) {
    bounds.width = sizeOf(".corner", "width") + sizeOf(".cells", "width");
    bounds.height = sizeOf(".corner", "height") + sizeOf(".cells", "height");
  }
  if (element.matches(".matrix > .columns, .matrix > .cells")) bounds.x = sizeOf(".corner", "width");
  if (element.matches(".matrix > .rows, .matrix > .cells")) bounds.y = sizeOf(".corner", "height");
  return DOMRect.fromRect(bounds);
}

/** Mocks the browser until the end of the test. `size`: client size of every element. */
export function behaveAsBrowser(size: { readonly width: number; readonly height: number }): void {
  if (RULES.length === 0) readSheets();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  vi.stubGlobal("getComputedStyle", (element: Element) => ({
    getPropertyValue: (name: string) =>
      name.startsWith("--") ? resolve(`var(${name})`) : (valuesOf(element)[name] ?? ""),
  }));
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    return boundsOf(this);
  });
  for (const name of ["width", "height"] as const) {
    Object.defineProperty(SVGSVGElement.prototype, name, {
      configurable: true,
      get(this: SVGSVGElement) {
        return { baseVal: { value: numberOf(this, name) } };
      },
    });
  }
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(size.width);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(size.height);
}
