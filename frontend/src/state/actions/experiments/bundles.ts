/** Saves experiments as bundles or HTML reports, and opens bundles. */
import { upload } from "../../../api/client";
import { buildUrl } from "../../../api/url";
import { withScreen, withServerValue } from "../../changes/patches";
import { defaultChoice } from "../../choice";
import type { BundleOptions } from "../../dialog";
import type { Context } from "../context";
import { repairChoice } from "../validChoice";
import { sendFromDialog } from "../dialogRequest";

export function createBundleActions(context: Context) {
  const { dispatch } = context.store;
  return {
    openBundleDialog: (experiment: number) =>
      dispatch((state) =>
        withScreen(state, { dialog: { kind: "bundle", experiment, weights: true, pictures: false } }),
      ),
    chooseBundleContents: (choice: BundleOptions) =>
      dispatch((state) => {
        const { dialog } = state.screen;
        return dialog?.kind === "bundle" ? withScreen(state, { dialog: { ...dialog, ...choice } }) : state;
      }),
    openUnbundleDialog: () =>
      dispatch((state) => withScreen(state, { dialog: { kind: "unbundle", error: null, isSending: false } })),
    unbundle: (file: File) => void unbundle(context, file),
    /** Makes the browser download the HTML report of an experiment; the page stays open. */
    saveReport: (experiment: number) =>
      location.assign(buildUrl("/api/experiments/{experiment_id}/report", { experiment_id: experiment })),
  };
}

async function unbundle(context: Context, file: File): Promise<void> {
  const experiment = await sendFromDialog(context, "unbundle", () => upload("/api/bundles", file, "application/zip"));
  if (!experiment) return;
  context.store.dispatch((state) => {
    const updatedState = withServerValue(state, "experiments", experiment.id, experiment);
    const choice = { ...defaultChoice, experiment: experiment.id };
    return repairChoice(withScreen({ ...updatedState, choice }, { dialog: null, pan: null }));
  });
}
