import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { DataListing, DataReport, NetworkReport } from "../../../src/api/values";
import { dataSetChoices, readForm } from "../../../src/views/dialogs/experiment/form";
import { PRETRAINED_OPTION, TIMM_PREFIX, weightChoices } from "../../../src/views/dialogs/experiment/networks";
import { drawNewExperimentDialog, type NewExperimentData } from "../../../src/views/dialogs/experiment/newExperiment";

const data: DataListing = {
  folders: 1,
  entries: [
    { path: "", kind: "digits", size_bytes: null, classes: 10 },
    { path: "cifar10", kind: "cifar10", size_bytes: null, classes: 10 },
    { path: "checkpoints/resnet20.th", kind: "checkpoint", size_bytes: 1_100_000, classes: null },
  ],
  networks: [
    {
      name: "small_vgg",
      title: "Small VGG",
      family: "ours",
      pretrained: false,
      options: {},
      image_sizes: "8×8 and larger",
    },
    {
      name: "resnet20",
      title: "ResNet-20",
      family: "ours",
      pretrained: false,
      options: { shortcut: ["A", "B"] },
      image_sizes: "8×8 and larger",
    },
    {
      name: "resnet18",
      title: "ResNet: resnet18",
      family: "torchvision",
      pretrained: true,
      options: {},
      image_sizes: "32×32 and larger",
    },
  ],
  timm: true,
  timm_networks: ["efficientnet_b0", "resnet10t", "resnet26d", "wide_resnet50_2"],
};

let box: HTMLElement;
const scrollIntoView = vi.fn();
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
  Element.prototype.scrollIntoView = scrollIntoView;
  scrollIntoView.mockReset();
});

const field = (name: string) => box.querySelector<HTMLInputElement>(`[name="${name}"]`)!;

function set(name: string, value: string): void {
  field(name).value = value;
  field(name).dispatchEvent(new Event("change", { bubbles: true }));
}

function type(name: string, text: string): void {
  field(name).value = text;
  field(name).dispatchEvent(new Event("input", { bubbles: true }));
}

const isHidden = (button: HTMLElement): boolean => button.ariaDisabled === "true";

const props: NewExperimentData = {
  data,
  error: null,
  isSending: false,
  inspection: null,
  dataReport: null,
  warnings: [],
  checkpoint: null,
};
const callbacks = () => ({
  onCreate: vi.fn(),
  onInspectNetwork: vi.fn(),
  onInspectData: vi.fn(),
  onChange: vi.fn(),
  onClose: vi.fn(),
});

test("present data sets come first, others can be downloaded, checkpoints are weights", () => {
  expect(dataSetChoices(data).map(({ value }) => value)).toEqual([
    "digits||",
    "cifar10|cifar10|",
    "cifar100||download",
    "mnist||download",
    "fashion_mnist||download",
  ]);
  expect(weightChoices(data, false).map(({ value }) => value)).toEqual(["", "checkpoints/resnet20.th"]);
});

test("published weights are always trained further, a checkpoint only on request", () => {
  const handlers = callbacks();
  drawNewExperimentDialog(select(box), props, handlers);
  const weights = () => readForm(box.querySelector("form")!, data).weights;
  set("network", "resnet18");
  set("weights", PRETRAINED_OPTION);
  expect(field("epochs").hidden).toBe(false);
  expect(weights()).toMatchObject({ pretrained: true, path: null, train: { epochs: null } });
  set("weights", "checkpoints/resnet20.th");
  expect(field("epochs").hidden).toBe(true);
  set("train_on", "yes");
  expect(weights()).toMatchObject({ pretrained: false, path: "checkpoints/resnet20.th", train: { epochs: null } });
  set("network", "small_vgg");
  expect(
    [...box.querySelectorAll("[name=weights] option")].map((option) => option.getAttribute("value")),
  ).not.toContain(PRETRAINED_OPTION);
});

test("networks are grouped by family; a timm network is typed by name", () => {
  drawNewExperimentDialog(select(box), props, callbacks());
  const groups = [...box.querySelectorAll("[name=network] optgroup")].map((group) => group.getAttribute("label"));
  expect(groups).toEqual(["Networks for small images", "torchvision", "timm"]);
  expect(field("timm").hidden).toBe(true);
  set("network", TIMM_PREFIX);
  expect(field("timm").hidden).toBe(false);
  expect(field("timm").required).toBe(true);
  const suggested = () => [...box.querySelectorAll<HTMLOptionElement>("#timm-names option")].map(({ value }) => value);
  expect(suggested()).toEqual(data.timm_networks);
  type("timm", "Resnet");
  expect(suggested()).toEqual(["resnet10t", "resnet26d", "wide_resnet50_2"]);
  type("timm", "resnet10t");
  expect(readForm(box.querySelector("form")!, data).network).toEqual({ name: "timm:resnet10t", options: {} });
});

const report: NetworkReport = {
  network: "resnet18",
  image: [3, 32, 32],
  classes: 10,
  filters: 74,
  free_filters: 64,
  parameters: 1000,
  macs: 2_000_000,
  size_bytes: 4000,
  trace_s: 0.1,
  layers: [
    {
      name: "conv1",
      kind: "conv",
      group: "conv1",
      filters: 64,
      free_filters: 64,
      height: 16,
      width: 16,
      parameters: 900,
      macs: 1_900_000,
    },
    {
      name: "fc",
      kind: "linear",
      group: "fc",
      filters: 10,
      free_filters: 0,
      height: 1,
      width: 1,
      parameters: 100,
      macs: 100_000,
    },
  ],
  coupled: [{ name: "conv1", layers: ["conv1", "layer1.0.conv2"], units: 64, free_units: 64 }],
  frozen: [],
  notes: [],
  warnings: [],
  weights: [],
  proof: { units: 19, filters: 19, difference: 1e-7, spread: 1e-2, equal: true, result: "equal" },
  sentences: ["It is small.", "Frozen: 10 filters of fc: its outputs are the 10 classes.", "Proof: equal."],
};

test("an inspection shows progress, then the report with its layers, and last the proof", () => {
  const handlers = callbacks();
  drawNewExperimentDialog(select(box), props, handlers);
  const button = () =>
    [...box.querySelectorAll<HTMLButtonElement>(".buttons button")].find(
      (element) => element.textContent === "Inspect network",
    )!;
  button().click();
  expect(handlers.onInspectNetwork).toHaveBeenCalledWith(
    expect.objectContaining({ network: { name: "small_vgg", options: {} } }),
  );
  drawNewExperimentDialog(select(box), { ...props, inspection: { job: null, report: null, error: null } }, handlers);
  expect(box.querySelector(".inspection.network .state")!.textContent).toBe("Waiting for a worker…");
  expect(isHidden(button())).toBe(true);
  button().click();
  expect(handlers.onInspectNetwork).toHaveBeenCalledOnce();
  expect(scrollIntoView.mock.contexts).toEqual([box.querySelector(".inspection.network")]);
  drawNewExperimentDialog(select(box), { ...props, inspection: { job: null, report, error: null } }, handlers);
  expect([...box.querySelectorAll(".network .sentences li")].map((element) => element.textContent)).toEqual(
    report.sentences.slice(0, 2),
  );
  expect(box.querySelector(".proof")!.textContent).toBe("Proof: equal.");
  expect(
    [...box.querySelectorAll(".inspection.network tbody tr:first-child td")].map((element) => element.textContent),
  ).toEqual(["conv1", "conv", "64", "64", "1.90 M", "900", "conv1"]);
  drawNewExperimentDialog(select(box), { ...props, inspection: { job: null, report, error: null } }, handlers);
  expect(scrollIntoView).toHaveBeenCalledTimes(2);
  box.querySelector("form")!.dispatchEvent(new Event("input"));
  expect(handlers.onChange).toHaveBeenCalledOnce();
});

test("a failed inspection shows its error", () => {
  const inspection = { job: null, report: null, error: "Factory net:make fails when it is handlers." };
  drawNewExperimentDialog(select(box), { ...props, inspection }, callbacks());
  expect(box.querySelector(".inspection.network .problem")!.textContent).toBe(inspection.error);
  expect(box.querySelector<HTMLElement>(".inspection.network .report")!.hidden).toBe(true);
});

test("the unchanged form requests an experiment with the server's defaults", () => {
  drawNewExperimentDialog(select(box), props, callbacks());
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

test("a checkpoint replaces training, options belong to their network, percentages become shares", () => {
  const handlers = callbacks();
  drawNewExperimentDialog(select(box), props, handlers);
  set("data", "cifar10|cifar10|");
  set("network", "resnet20");
  set("option-shortcut", "B");
  set("weights", "checkpoints/resnet20.th");
  set("target", "91.5");
  set("mean", "0.485, 0.456,0.406");
  expect(field("option-shortcut").hidden).toBe(false);
  expect(field("epochs").hidden).toBe(true);
  box.querySelector<HTMLButtonElement>(".buttons .pri")!.click();
  expect(handlers.onCreate).toHaveBeenCalledWith(
    expect.objectContaining({
      data: {
        kind: "cifar10",
        name: null,
        path: "cifar10",
        download: false,
        unseen: null,
        resize: "crop",
        crop_share: 1,
        class_level: null,
        value_range: null,
      },
      network: { name: "resnet20", options: { shortcut: "B" } },
      weights: { train: null, path: "checkpoints/resnet20.th", key: null, pretrained: false },
      target_accuracy: 0.915,
      mean: [0.485, 0.456, 0.406],
      std: null,
    }),
  );
});

test("the first field is focused once the data folders are loaded", () => {
  drawNewExperimentDialog(select(box), { ...props, data: null }, callbacks());
  expect(box.textContent).toContain("Reading the data folders…");
  drawNewExperimentDialog(select(box), props, callbacks());
  expect(document.activeElement).toBe(field("data"));
  field("name").focus();
  drawNewExperimentDialog(select(box), props, callbacks());
  expect(document.activeElement).toBe(field("name"));
});

test("an error is shown in the form, and typed values stay", () => {
  drawNewExperimentDialog(select(box), props, callbacks());
  set("name", "my experiment");
  const handlers = callbacks();
  drawNewExperimentDialog(select(box), { ...props, error: "No folder of that name." }, handlers);
  expect(box.querySelector(".problem")!.textContent).toBe("No folder of that name.");
  expect(field("name").value).toBe("my experiment");
  type("name", "another");
  expect(handlers.onChange).toHaveBeenCalledOnce();
});

test("while the server checks, nothing can be sent twice", () => {
  drawNewExperimentDialog(select(box), { ...props, isSending: true }, callbacks());
  expect(isHidden(box.querySelector<HTMLElement>(".buttons .pri")!)).toBe(true);
});

const withUserData: NewExperimentData = {
  ...props,
  data: {
    ...data,
    entries: [
      ...data.entries,
      { path: "my_data", kind: "factory", size_bytes: null, classes: null },
      { path: "pets", kind: "folder", size_bytes: null, classes: 2 },
    ],
  },
};

const dataReport: DataReport = {
  data: { kind: "folder", path: "pets", download: false, resize: "crop", crop_share: 1 },
  images: 120,
  held_out_images: 40,
  test_images: 15,
  hidden_files: 0,
  constant_images: 0,
  different_sizes: 1,
  sizes: [{ width: 64, height: 64, images: 160 }],
  modes: [{ mode: "RGB", images: 160 }],
  classes: [
    { name: "cat", train: 100, held_out: 20, test: 8 },
    { name: "dog", train: 20, held_out: 20, test: 7 },
  ],
  unreadable: [{ place: "train/cat/1.jpg", reason: "cut short" }],
  unreadable_images: 1,
  duplicates: 0,
  image_size: null,
  channels: null,
  mean: null,
  std: null,
  normalization: null,
  streamed: null,
  errors: ["Picture train/cat/1.jpg cannot be read (cut short); remove or replace it."],
  warnings: ["The classes are imbalanced."],
  sentences: [
    "120 training pictures of 2 classes.",
    "Picture train/cat/1.jpg cannot be read (cut short); remove or replace it.",
    "The classes are imbalanced.",
  ],
};

test("data is inspected as declared in the form, and its errors come first, marked by a word", () => {
  const handlers = callbacks();
  drawNewExperimentDialog(select(box), withUserData, handlers);
  expect(field("crop_share").hidden).toBe(true);
  set("data", "folder|pets|");
  expect(field("crop_share").hidden).toBe(false);
  field("crop_share").value = "87.5";
  set("resize", "stretch");
  const button = [...box.querySelectorAll<HTMLButtonElement>(".buttons button")].find(
    (element) => element.textContent === "Inspect data",
  )!;
  button.click();
  expect(handlers.onInspectData).toHaveBeenCalledWith(
    expect.objectContaining({
      data: expect.objectContaining({ kind: "folder", path: "pets", resize: "stretch", crop_share: 0.875 }) as unknown,
      seed: 0,
    }),
  );
  drawNewExperimentDialog(
    select(box),
    { ...withUserData, dataReport: { job: null, report: dataReport, error: null } },
    handlers,
  );
  expect([...box.querySelectorAll(".inspection.data li")].map((element) => element.textContent)).toEqual([
    "Error: Picture train/cat/1.jpg cannot be read (cut short); remove or replace it.",
    "Warning: The classes are imbalanced.",
    "120 training pictures of 2 classes.",
  ]);
  expect(box.querySelector(".inspection.data .state")!.textContent).toBe(
    "The data cannot be used until the errors below are fixed.",
  );
  expect(
    [...box.querySelectorAll(".inspection.data tbody tr:last-child td")].map((element) => element.textContent),
  ).toEqual(["dog", "", "20", "13", "7"]);
  expect(box.querySelector(".inspection.data .names th:nth-child(2)")!.textContent).toBe(
    "Size relative to largest class",
  );
  expect([...box.querySelectorAll<HTMLElement>(".inspection.data .bar")].map(({ style }) => style.inlineSize)).toEqual([
    "100%",
    "20%",
  ]);
});

test("a data factory is sent by name, a folder of unseen images by path", () => {
  drawNewExperimentDialog(select(box), withUserData, callbacks());
  set("data", "factory|my_data|");
  expect(readForm(box.querySelector("form")!, data).data).toMatchObject({
    kind: "factory",
    name: "my_data",
    path: null,
    unseen: null,
  });
  set("data", "folder|pets|");
  set("unseen_folder", "pets");
  expect(readForm(box.querySelector("form")!, data).data).toMatchObject({
    kind: "folder",
    name: null,
    path: "pets",
    unseen: "pets",
  });
});
