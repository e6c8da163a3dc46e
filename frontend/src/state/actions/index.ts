/** Everything that the user can do on the page, as callbacks for the views. */
import { createBranchActions } from "./tree/branches";
import { createBundleActions } from "./experiments/bundles";
import { createChoiceActions } from "./choose";
import type { Context } from "./context";
import { createExportActions } from "./tree/exports";
import { createFilterActions } from "./samples/filters";
import { createEstimateActions } from "./plans/estimates";
import { createSuggestionActions } from "./plans/suggestions";
import { createExperimentActions } from "./experiments/experiments";
import { createInspectionActions } from "./experiments/inspections";
import { createJobActions } from "./experiments/jobs";
import { createLinkActions } from "./experiments/links";
import { createMapActions } from "./samples/map";
import { createNodeActions } from "./tree/nodes";
import { createPlanActions } from "./plans/plans";
import { createScreenActions } from "./screen";
import { guardActions } from "./permissions";
import { createTreeActions } from "./tree/tree";
import { createVisitorActions } from "./experiments/visitors";
import { createAutopilotActions } from "./tree/autopilots";

const createUnguardedActions = (context: Context) => ({
  ...createChoiceActions(context),
  ...createExperimentActions(context),
  ...createInspectionActions(context),
  ...createJobActions(context),
  ...createNodeActions(context),
  ...createPlanActions(context),
  ...createScreenActions(context),
  ...createTreeActions(context),
  ...createEstimateActions(context),
  ...createSuggestionActions(context),
  ...createAutopilotActions(context),
  ...createBranchActions(context),
  ...createMapActions(context),
  ...createFilterActions(context),
  ...createExportActions(context),
  ...createBundleActions(context),
  ...createLinkActions(context),
  ...createVisitorActions(context),
});

export const createActions = (context: Context): Actions => guardActions(context, createUnguardedActions(context));

export type Actions = ReturnType<typeof createUnguardedActions>;
