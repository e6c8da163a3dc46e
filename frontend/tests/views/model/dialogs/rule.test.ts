import { BUILT_IN } from "../../../fixtures/criteria";
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { type Rule } from "../../../../src/planning/rules";
import { changeRule } from "../../../../src/state/changes/edits";
import { currentRule, planResult } from "../../../../src/state/selectors/plan";
import { drawRuleForm } from "../../../../src/views/model/dialogs/rule";
import { describeShortfall, ruleFormData, ruleSentence, ruleText } from "../../../../src/views/model/plan/ruleText";
import { networkState } from "../../../fixtures/network";
import { paperRule } from "../../../fixtures/rules";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
});

const withRule = (rule: Partial<Rule>) => changeRule({ ...paperRule, ...rule } as Rule)(networkState("vgg"));

function open(rule: Partial<Rule> = {}) {
  const callbacks = { onUseRule: vi.fn<(rule: Rule) => void>(), onClose: vi.fn() };
  drawRuleForm(select(box), ruleFormData(withRule(rule))!, callbacks);
  return callbacks;
}

const field = (name: string): HTMLInputElement => box.querySelector<HTMLInputElement>(`[name="${name}"]`)!;

function type(name: string, value: string): void {
  field(name).value = value;
  field(name).dispatchEvent(new Event(field(name).tagName === "SELECT" ? "change" : "input", { bubbles: true }));
}

const use = (): void =>
  [...box.querySelectorAll("button")].find((button) => button.textContent === "Use this rule")!.click();
const effect = (): string => box.querySelector(".effect")!.textContent;

test("the sentence follows the form, and the form is read as a rule", () => {
  const { onUseRule } = open({ percent: 50, rule: "percent" });
  expect(effect()).toContain("Removes 20 of 40 free filters (50.0%)");
  type("percent", "25");
  expect(effect()).toContain("Removes 10 of 40 free filters");
  use();
  expect(onUseRule).toHaveBeenCalledWith({ ...paperRule, percent: 25 });
});

test("Enter in a field uses the rule", () => {
  const { onUseRule } = open({ percent: 50, rule: "percent" });
  type("percent", "25");
  field("percent").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect(onUseRule).toHaveBeenCalledExactlyOnceWith({ ...paperRule, percent: 25 });
});

test("a share per layer lists only the layers that lose filters", () => {
  const { onUseRule } = open();
  type("kind", "layers");
  expect(box.querySelector(".shares")!.hasAttribute("hidden")).toBe(false);
  const [first] = ruleFormData(withRule({}))!.layers;
  type(`layer ${first!.name}`, "50");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({ rule: "layers", shares: { [first!.name]: 0.5 } });
});

test("a target is entered as a percentage of the current cost and stored as the cost that may remain", () => {
  const { onUseRule } = open();
  const { cost: now } = ruleFormData(withRule({}))!;
  type("kind", "target");
  type("metric", "parameters");
  type("target", "40");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({
    rule: "target",
    metric: "parameters",
    value: Math.round(0.4 * now.parameters),
  });
});

test("limits apply to every rule, and an empty loss means no limit", () => {
  const { onUseRule } = open({ max_class_loss: 0.02 });
  expect(field("max_class_loss").value).toBe("2");
  type("floor", "20");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({ floor: 0.2, max_class_loss: 0.02 });
  type("max_class_loss", "");
  use();
  expect(onUseRule.mock.lastCall?.[0].max_class_loss).toBeNull();
});

test("redrawing keeps typed values, and a percentage above 100 becomes 100", () => {
  open({ rule: "percent", percent: 30 });
  type("floor", "30");
  const { onUseRule } = open({ rule: "percent", percent: 30 });
  type("percent", "500");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({ percent: 100, floor: 0.3 });
});

test("criterion, price, exponent and scope are read from the form and shown when it opens again", () => {
  const { onUseRule } = open({ rule: "percent", percent: 30 });
  expect([field("criterion").value, field("price").value, field("scope").value]).toEqual(["taylor", "none", "network"]);
  expect(field("exponent").hasAttribute("hidden")).toBe(true);
  type("criterion", "l2");
  type("price", "parameters");
  expect(field("exponent").hasAttribute("hidden")).toBe(false);
  type("exponent", "0.25");
  type("scope", "alike");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({ criterion: "l2/parameters^0.25", scope: "alike", percent: 30 });
  box = document.createElement("div");
  open({ rule: "percent", percent: 30, criterion: "l2/parameters^0.25", scope: "alike" });
  expect(["criterion", "price", "exponent", "scope"].map((name) => field(name).value)).toEqual([
    "l2",
    "parameters",
    "0.25",
    "alike",
  ]);
});

test("an exponent outside 0 to 1 becomes the nearest one, and 0 means no price", () => {
  const { onUseRule } = open({ rule: "percent", percent: 30, criterion: "taylor/macs^0.5" });
  type("exponent", "7");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({ criterion: "taylor/macs^1" });
  type("exponent", "0");
  use();
  expect(onUseRule.mock.lastCall?.[0]).toMatchObject({ criterion: "taylor" });
});

const describeRule = (rule: Partial<Rule>): string => ruleText({ ...paperRule, ...rule } as Rule, BUILT_IN);

test("the button says what is removed, by which score, and whether it is limited", () => {
  expect(describeRule({ percent: 50, criterion: "l2" })).toBe("Rule: 50% by L2 norm");
  expect(describeRule({ percent: 12.5, floor: 0.5 })).toBe("Rule: 12.5% by sensitivity, floor 50%");
  expect(describeRule({ percent: 12.5, max_class_loss: 0.1 })).toBe(
    "Rule: 12.5% by sensitivity, limited loss per class",
  );
  expect(describeRule({ percent: 50, criterion: "l2/macs^0.5" })).toBe("Rule: 50% by L2 norm / MACs^0.5");
  expect(describeRule({ rule: "threshold", value: 0.3, criterion: "apoz", scope: "group" })).toBe(
    "Rule: rank in its group by zeros (APoZ) below 0.3",
  );
  expect(describeRule({ rule: "threshold", value: 7, criterion: "apoz" })).toBe("Rule: zeros (APoZ) above 7");
  expect(describeRule({ rule: "target", metric: "macs", value: 2_500_000, criterion: "l2" })).toBe(
    "Rule: down to 2.50 M MACs, by L2 norm",
  );
  expect(describeRule({ percent: 50, criterion: "l2", within: "apoz" })).toBe(
    "Rule: 50% by L2 norm, within layers by zeros (APoZ)",
  );
  expect(describeRule({ rule: "filters", filters: {} })).toBe("Rule: listed filters");
});

test("the button's title is a sentence with all limits", () => {
  const rule = { ...paperRule, percent: 50, criterion: "apoz", floor: 0.7, max_class_loss: 0.02 } as Rule;
  expect(ruleSentence(rule, BUILT_IN)).toBe(
    "Removes 50% of the free filters, highest zeros (APoZ) first; every layer keeps at least 70% of its filters; no class may lose more than 2 points (checked by Preview).",
  );
});

test("the sentence says which filters of a layer go if another criterion decides it", () => {
  const rule = { ...paperRule, percent: 50, criterion: "l2", within: "apoz", floor: 0.1 } as Rule;
  expect(ruleSentence(rule, BUILT_IN)).toBe(
    "Removes 50% of the free filters, lowest L2 norm first; within each layer, highest zeros (APoZ) first; every layer keeps at least 10% of its filters.",
  );
});

test("if a limit stops the rule, the plan says how far it got and why", () => {
  const reached = (rule: Partial<Rule>): string | null => {
    const state = withRule(rule);
    return describeShortfall(currentRule(state), planResult(state)!, 40);
  };
  expect(reached({ percent: 50 })).toBeNull();
  expect(reached({ percent: 50, floor: 0.7 })).toMatch(
    /^The plan removes \d+\.\d% instead of 50% of the free filters: every layer keeps at least 70% of its filters\.$/,
  );
  expect(reached({ percent: 100 })).toContain(
    "instead of 100% of the free filters: every layer keeps at least one filter",
  );
  expect(reached({ rule: "target", metric: "macs", value: 1 })).toMatch(
    /^The plan leaves .* MACs instead of the requested 1: every layer/,
  );
});
