import { select } from "d3-selection";
import { expect, test, vi } from "vitest";
import type { DataListing } from "../../../src/api/values";
import { readForm } from "../../../src/views/dialogs/experiment/form";
import {
  drawNewExperimentDialog,
  type NewExperimentCallbacks,
  type NewExperimentData,
} from "../../../src/views/dialogs/experiment/newExperiment";

const data: DataListing = {
  folders: 1,
  entries: [
    { path: "cifar10", kind: "cifar10", size_bytes: null, classes: 10 },
    { path: "pets", kind: "folder", size_bytes: null, classes: 2 },
  ],
  networks: [
    { name: "small_vgg", title: "VGG", family: "ours", pretrained: false, options: {}, image_sizes: "8×8 and larger" },
  ],
  timm: false,
  timm_networks: [],
};

const props: NewExperimentData = {
  data,
  error: null,
  isSending: false,
  inspection: null,
  dataReport: null,
  warnings: [],
  checkpoint: null,
};
const callbacks: NewExperimentCallbacks = {
  onCreate: vi.fn(),
  onInspectNetwork: vi.fn(),
  onInspectData: vi.fn(),
  onChange: vi.fn(),
  onClose: vi.fn(),
};

const box: HTMLElement = document.createElement("div");
document.body.replaceChildren(box);
const field = (name: string) => box.querySelector<HTMLInputElement>(`[name="${name}"]`)!;
const readData = () => readForm(box.querySelector("form")!, data).data;

function set(name: string, value: string): void {
  field(name).value = value;
  field(name).dispatchEvent(new Event("change", { bubbles: true }));
}

test("the level of the classes and the value range of an image folder are sent, and hidden for other data", () => {
  drawNewExperimentDialog(select(box), props, callbacks);
  expect(field("class_level").hidden && field("value_range").hidden).toBe(true);
  set("data", "folder|pets|");
  expect(field("class_level").hidden || field("value_range").hidden).toBe(false);
  expect(readData()).toMatchObject({ class_level: null, value_range: null });
  set("class_level", "lower");
  field("value_range").value = "-1024, 3071.5";
  expect(field("value_range").checkValidity()).toBe(true);
  expect(readData()).toMatchObject({
    class_level: "lower",
    value_range: [-1024, 3071.5],
  });
  field("value_range").value = "4095";
  expect(field("value_range").checkValidity()).toBe(false);
  set("data", "cifar10|cifar10|");
  expect(readData()).toMatchObject({ class_level: null, value_range: null });
});
