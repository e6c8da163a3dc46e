import { readFileSync } from "node:fs";
import path from "node:path";
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { GLOSSARY } from "../../../src/views/dialogs/glossary";
import { drawHelp } from "../../../src/views/dialogs/help";

const DOCUMENT = path.resolve(import.meta.dirname, "../../../../docs/glossary.md");
/** `| • **node** | One version of the network. | … |` */
const TERM = /^\| • \*\*(.+?)\*\* \| (.+?) \| .*\|$/gm;

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const draw = (): void => drawHelp(select(box), { panels: [], areLetterKeysEnabled: true, health: null }, vi.fn());

test("the words of the help are those that docs/glossary.md marks with a dot", () => {
  const terms = [...readFileSync(DOCUMENT, "utf8").matchAll(TERM)].map(([, word, meaning]) => ({
    word,
    meaning: meaning!.replace(/[*`]/g, ""),
  }));
  expect(terms.length).toBeGreaterThan(15);
  expect(GLOSSARY).toEqual(terms);
});

test("every word is listed once with its meaning, also after a second drawing", () => {
  draw();
  draw();
  const rows = [...box.querySelectorAll(".glossary dl > div")];
  expect(rows.map((row) => row.querySelector("dt")!.textContent)).toEqual(GLOSSARY.map(({ word }) => word));
  expect(rows.map((row) => row.querySelector("dd")!.textContent)).toEqual(GLOSSARY.map(({ meaning }) => meaning));
});

test("the words are a named region that the Tab key reaches", () => {
  draw();
  const region = box.querySelector<HTMLElement>(".glossary")!;
  region.focus();
  expect(document.activeElement).toBe(region);
  expect(document.getElementById(region.getAttribute("aria-labelledby")!)!.textContent).toBe("Glossary");
});
