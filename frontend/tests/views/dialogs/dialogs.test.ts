import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { drawDelete } from "../../../src/views/dialogs/experiment/delete";
import { drawNote } from "../../../src/views/dialogs/note";
import { listNotices } from "../../../src/views/dialogs/experiment/notices";
import { makeExperiment, makeNode } from "../../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

test("deleting says what goes, and deletes only on its own button", () => {
  const called = { onDelete: vi.fn(), onClose: vi.fn() };
  drawDelete(select(box), makeExperiment({ nodes: 12 }), called);
  expect(box.textContent).toContain("12 nodes");
  const [keep, remove] = box.querySelectorAll("button");
  keep!.click();
  expect(called.onDelete).not.toHaveBeenCalled();
  remove!.click();
  expect(called.onDelete).toHaveBeenCalledOnce();
});

test("a note keeps what is typed while the page goes on", () => {
  const onSave = vi.fn();
  const node = makeNode(2, null, { note: "old" });
  const draw = () => drawNote(select(box), node, { error: null, sending: false }, { onSave, onClose: vi.fn() });
  draw();
  box.querySelector("textarea")!.value = "new words";
  draw();
  box.querySelector<HTMLButtonElement>(".pri")!.click();
  expect(onSave).toHaveBeenCalledWith("new words");
});

test("an import tells what it measured", () => {
  const notices = listNotices(
    makeExperiment({ import_accuracy: 0.9173, import_images: 10_000, notices: ["Adapted."] }),
  );
  expect(notices[0]).toBe("Adapted.");
  expect(notices[1]).toContain("91.73% right of all 10,000 official test images");
});
