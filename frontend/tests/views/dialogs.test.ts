import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { DataListing } from "../../src/api/values";
import { dataChoices, readForm, weightChoices } from "../../src/views/dialogs/form";
import { drawNewExperiment, type NewExperimentData } from "../../src/views/dialogs/newExperiment";
import { drawDelete } from "../../src/views/dialogs/delete";
import { drawNote } from "../../src/views/dialogs/note";
import { listNotices } from "../../src/views/dialogs/notices";
import { makeExperiment, makeNode } from "../fixtures/values";

const data: DataListing = {
  folders: 1,
  entries: [
    { path: "", kind: "digits", size_bytes: null, classes: 10 },
    { path: "cifar10", kind: "cifar10", size_bytes: null, classes: 10 },
    { path: "checkpoints/resnet20.th", kind: "checkpoint", size_bytes: 1_100_000, classes: null },
  ],
  networks: [
    { name: "small_vgg", title: "Small VGG", options: {}, image_sizes: "8×8 and larger" },
    { name: "resnet20", title: "ResNet-20", options: { shortcut: ["A", "B"] }, image_sizes: "8×8 and larger" },
  ],
};

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const field = (name: string) => box.querySelector<HTMLInputElement>(`[name="${name}"]`)!;

function set(name: string, value: string): void {
  field(name).value = value;
  field(name).dispatchEvent(new Event("change", { bubbles: true }));
}

const props: NewExperimentData = { data, error: null, sending: false };
const callbacks = () => ({ onCreate: vi.fn(), onClose: vi.fn() });

test("sets that are here come first, others can be downloaded, checkpoints are weights", () => {
  expect(dataChoices(data).map(({ value }) => value)).toEqual([
    "digits||", "cifar10|cifar10|", "cifar100||download", "mnist||download", "fashion_mnist||download",
  ]);
  expect(weightChoices(data).map(({ value }) => value)).toEqual(["", "checkpoints/resnet20.th"]);
});

test("the form as it opens makes the server's usual experiment", () => {
  drawNewExperiment(select(box), props, callbacks());
  expect(readForm(box.querySelector("form")!, data)).toMatchObject({
    name: null,
    data: { kind: "digits", path: null, download: false },
    network: { name: "small_vgg", options: {} },
    weights: { path: null },
    seed: 0,
    tolerance: 0.005,
    target_accuracy: null,
  });
});

test("a checkpoint takes the place of training, options belong to their network, percent become shares", () => {
  const called = callbacks();
  drawNewExperiment(select(box), props, called);
  set("data", "cifar10|cifar10|");
  set("network", "resnet20");
  set("option-shortcut", "B");
  set("weights", "checkpoints/resnet20.th");
  set("target", "91.5");
  set("mean", "0.485, 0.456,0.406");
  expect(field("option-shortcut").hidden).toBe(false);
  expect(field("epochs").hidden).toBe(true);
  box.querySelector<HTMLButtonElement>(".buttons .pri")!.click();
  expect(called.onCreate).toHaveBeenCalledWith(
    expect.objectContaining({
      data: { kind: "cifar10", path: "cifar10", download: false },
      network: { name: "resnet20", options: { shortcut: "B" } },
      weights: { train: null, path: "checkpoints/resnet20.th" },
      target_accuracy: 0.915,
      mean: [0.485, 0.456, 0.406],
      std: null,
    }),
  );
});

test("a refusal stands at the form, and what was typed stays", () => {
  drawNewExperiment(select(box), props, callbacks());
  set("name", "mine");
  drawNewExperiment(select(box), { ...props, error: "No folder of that name." }, callbacks());
  expect(box.querySelector(".problem")!.textContent).toBe("No folder of that name.");
  expect(field("name").value).toBe("mine");
});

test("while the server checks, nothing can be sent twice", () => {
  drawNewExperiment(select(box), { ...props, sending: true }, callbacks());
  expect(box.querySelector<HTMLButtonElement>(".buttons .pri")!.disabled).toBe(true);
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
  const draw = () => drawNote(select(box), node, { onSave, onClose: vi.fn() });
  draw();
  box.querySelector("textarea")!.value = "new words";
  draw();
  box.querySelector<HTMLButtonElement>(".pri")!.click();
  expect(onSave).toHaveBeenCalledWith(12, "new words");
});

test("an import tells what it measured", () => {
  const notices = listNotices(makeExperiment({ import_accuracy: 0.9173, import_images: 10_000, notices: ["Adapted."] }));
  expect(notices[0]).toBe("Adapted.");
  expect(notices[1]).toContain("91.73% right of all 10,000 official test images");
});
