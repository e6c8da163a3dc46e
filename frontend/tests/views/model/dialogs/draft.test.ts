import { select } from "d3-selection";
import { expect, test, vi } from "vitest";
import type { Plan } from "../../../../src/api/values";

import { createPlanActions } from "../../../../src/state/actions/plans/plans";
import type { Actions } from "../../../../src/state/actions";
import { createStore } from "../../../../src/state/store";
import { drawRenameDraftDialog } from "../../../../src/views/model/dialogs/draft";
import { networkState } from "../../../fixtures/network";
import { paperRule } from "../../../fixtures/rules";

const PLAN = { id: 1, name: "A", node_id: 10, state: "draft", rule: paperRule, units: [] } as unknown as Plan;

test("a new name is saved, an empty one is not", () => {
  const box: HTMLElement = document.createElement("div");
  const act = { renameDraft: vi.fn(), openDialog: vi.fn() };
  drawRenameDraftDialog(select(box), networkState("vgg", [PLAN]), act as unknown as Actions);
  const field = box.querySelector("input")!;
  expect(field.value).toBe("A");
  const press = (): void => box.querySelector<HTMLButtonElement>(".pri")!.click();
  field.value = " ";
  press();
  expect(act.renameDraft).not.toHaveBeenCalled();
  field.value = "half by L2";
  press();
  expect(act.renameDraft).toHaveBeenCalledWith("half by L2");
  expect(act.openDialog).toHaveBeenLastCalledWith(null);
});

test("a renamed draft shows the name that the server returned", async () => {
  const store = createStore(
    networkState("vgg", [PLAN]),
    () => undefined,
    undefined,
    () => undefined,
  );
  const fetchMock = vi.fn<typeof fetch>().mockResolvedValue(new Response(JSON.stringify({ ...PLAN, name: "half" })));
  vi.stubGlobal("fetch", fetchMock);
  createPlanActions({ store, notify: vi.fn() }).renameDraft("half");
  await vi.waitFor(() => expect(store.state().server.plans[1]?.name).toBe("half"));
  expect(fetchMock.mock.calls[0]?.[1]).toMatchObject({ method: "PATCH", body: '{"name":"half"}' });
  vi.unstubAllGlobals();
});
