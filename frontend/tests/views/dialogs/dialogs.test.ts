import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { drawDeleteExperimentDialog } from "../../../src/views/dialogs/experiment/delete";
import { drawNote } from "../../../src/views/dialogs/note";
import { listNotices } from "../../../src/views/dialogs/experiment/notices";
import { makeExperiment, makeNode } from "../../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

test("deleting says what is lost, and happens only on its button", () => {
  const callbacks = { onDelete: vi.fn(), onClose: vi.fn() };
  drawDeleteExperimentDialog(select(box), makeExperiment({ nodes: 12 }), callbacks);
  expect(box.textContent).toContain("12 nodes");
  const [keepButton, deleteButton] = box.querySelectorAll("button");
  keepButton!.click();
  expect(callbacks.onDelete).not.toHaveBeenCalled();
  deleteButton!.click();
  expect(callbacks.onDelete).toHaveBeenCalledOnce();
});

test("a note keeps what is typed while the page is redrawn", () => {
  const onSave = vi.fn();
  const node = makeNode(2, null, { note: "old" });
  const draw = () => drawNote(select(box), node, { error: null, isSending: false }, { onSave, onClose: vi.fn() });
  draw();
  box.querySelector("textarea")!.value = "new words";
  draw();
  box.querySelector<HTMLButtonElement>(".pri")!.click();
  expect(onSave).toHaveBeenCalledWith("new words");
});

test("an import says which accuracy it measured", () => {
  const notices = listNotices(
    makeExperiment({ import_accuracy: 0.9173, import_images: 10_000, notices: ["Adapted."] }),
  );
  expect(notices[0]).toBe("Adapted.");
  expect(notices[1]).toContain("91.73% on all 10,000 official test images");
});
