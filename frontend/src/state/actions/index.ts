/** All that a person can do, as callbacks for the views. */
import { createBranchActions } from "./branches";
import { createBundleActions } from "./bundles";
import { createChooseActions } from "./choose";
import type { Context } from "./context";
import { createExportActions } from "./exports";
import { createFilterActions } from "./filters";
import { createEstimateActions } from "./estimates";
import { createExperimentActions } from "./experiments";
import { createInspectionActions } from "./inspections";
import { createJobActions } from "./jobs";
import { createLinkActions } from "./links";
import { createMapActions } from "./map";
import { createNodeActions } from "./nodes";
import { createPlanActions } from "./plans";
import { createScreenActions } from "./screen";
import { refuseEdits } from "./refuse";
import { createTreeActions } from "./tree";
import { createVisitorActions } from "./visitors";
import { createWalkActions } from "./walks";

const createAll = (context: Context) => ({
  ...createChooseActions(context),
  ...createExperimentActions(context),
  ...createInspectionActions(context),
  ...createJobActions(context),
  ...createNodeActions(context),
  ...createPlanActions(context),
  ...createScreenActions(context),
  ...createTreeActions(context),
  ...createEstimateActions(context),
  ...createWalkActions(context),
  ...createBranchActions(context),
  ...createMapActions(context),
  ...createFilterActions(context),
  ...createExportActions(context),
  ...createBundleActions(context),
  ...createLinkActions(context),
  ...createVisitorActions(context),
});

export const createActions = (context: Context): Actions => refuseEdits(context, createAll(context));

export type Actions = ReturnType<typeof createAll>;
