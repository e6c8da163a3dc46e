import { expect, test, vi } from "vitest";
import { listenForKeys, keyName } from "../src/keys";
import type { Actions } from "../src/state/actions";
import { withScreen } from "../src/state/changes/patches";
import { PAGE_SHORTCUTS } from "../src/views/pageKeys";
import { filtersPanel } from "../src/views/filters/panel";
import { modelPanel } from "../src/views/model/panel";
import { statsPanel } from "../src/views/stats/panel";
import { treePanel } from "../src/views/tree/panel";
import { makeNode, stateWith } from "./fixtures/values";

test("no key is bound twice", () => {
  const keys = [
    ...PAGE_SHORTCUTS,
    ...[treePanel, statsPanel, modelPanel, filtersPanel].flatMap((panel) => panel.keys),
  ].map((key) => key.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("keys are named with their modifiers; Shift is not named for symbols", () => {
  const name = (init: KeyboardEventInit) => keyName(new KeyboardEvent("keydown", init));
  expect(name({ key: "e" })).toBe("e");
  expect(name({ key: "T", shiftKey: true })).toBe("Shift+T");
  expect(name({ key: "?", shiftKey: true })).toBe("?");
  expect(name({ key: "Z", ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+Z");
  expect(name({ key: "z", metaKey: true })).toBe("Ctrl+z");
});

test("letter keys do nothing in fields, in dialogs and when turned off", () => {
  const act = { chooseAdjacentNode: vi.fn(), toggleTheme: vi.fn() };
  let state = stateWith([]);
  listenForKeys([], () => state, act as unknown as Actions);
  const press = (target: EventTarget = document.body) =>
    target.dispatchEvent(new KeyboardEvent("keydown", { key: "]", bubbles: true }));
  press();
  expect(act.chooseAdjacentNode).toHaveBeenCalledTimes(1);
  const input = document.body.appendChild(document.createElement("input"));
  press(input);
  press(document.body.appendChild(document.createElement("wa-dropdown-item")));
  state = withScreen(state, { dialog: { kind: "help" } });
  press();
  state = withScreen(state, { dialog: null, areLetterKeysEnabled: false });
  press();
  expect(act.chooseAdjacentNode).toHaveBeenCalledTimes(1);
});

test.each([
  ["k", "ready", "The root cannot have control nodes"],
  ["Delete", "ready", "The root cannot be deleted on its own"],
  ["t", "running", "Node 0 is running"],
] as const)("%s at a root that is %s says why it does nothing", (keys, nodeState, reason) => {
  const act = { notify: vi.fn(), openNodeDialog: vi.fn(), openDeleteBranchDialog: vi.fn() };
  const key = treePanel.keys.find((entry) => entry.keys === keys)!;
  key.run(act as unknown as Actions, stateWith([makeNode(0, null, { state: nodeState })]));
  expect(act.notify).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(reason));
  expect(act.openNodeDialog).not.toHaveBeenCalled();
  expect(act.openDeleteBranchDialog).not.toHaveBeenCalled();
});
