/** The dialog that is open, and the status of its request to the server. */
import type { DataReport, Export, Job, NetworkReport, Plan } from "../api/values";

/** Status of a request that a dialog sent. */
export interface RequestStatus {
  readonly error: string | null;
  readonly isSending: boolean;
}

/** An inspection of the network, or of the data set, that the form for a new experiment describes. */
export interface Inspection<Report = NetworkReport> {
  /** The job that runs the inspection; null until the server has created it. */
  readonly job: Job | null;
  readonly report: Report | null;
  readonly error: string | null;
}

/** The sets of weights that the last inspection found in a checkpoint. */
export interface InspectedCheckpoint {
  readonly path: string;
  readonly sets: NetworkReport["weights"];
}

/** What a bundle contains in addition to the tree. */
export interface BundleOptions {
  readonly weights: boolean;
  readonly pictures: boolean;
}

export type Dialog =
  | ({
      readonly kind: "experiment";
      readonly inspection: Inspection | null;
      readonly dataReport: Inspection<DataReport> | null;
      /** Warnings that kept the server from creating the experiment. The user can create it anyway. */
      readonly warnings: readonly string[];
      /**
       * The checkpoint that was inspected last. It is not cleared when the form changes, so that the user can choose
       * another of its sets of weights.
       */
      readonly checkpoint: InspectedCheckpoint | null;
    } & RequestStatus)
  | { readonly kind: "delete"; readonly experiment: number }
  /** `before`: the note before the edit. */
  | ({ readonly kind: "note"; readonly node: number; readonly before: string } & RequestStatus)
  | ({
      readonly kind: "estimate" | "autopilot" | "controls" | "branch" | "measure" | "provenance";
      readonly node: number;
    } & RequestStatus)
  | ({
      readonly kind: "suggestion";
      readonly node: number;
      /** Id of the plan search that is shown; null for the newest one. */
      readonly suggestion: number | null;
      /** Key of the plan chosen among those that the search tried; null for the best one. */
      readonly candidate: string | null;
    } & RequestStatus)
  | ({ readonly kind: "export"; readonly node: number; readonly format: Export["format"] } & RequestStatus)
  /** `newLink`: the new link with its token, shown while the dialog stays open. */
  | ({ readonly kind: "share"; readonly newLink: string | null } & RequestStatus)
  | ({ readonly kind: "signIn" } & RequestStatus)
  /** Somebody else changed the plan that was being edited here. */
  | ({ readonly kind: "conflict"; readonly theirPlan: Plan } & RequestStatus)
  | ({ readonly kind: "bundle"; readonly experiment: number } & BundleOptions)
  | ({ readonly kind: "unbundle" } & RequestStatus)
  | { readonly kind: "find"; readonly text: string }
  | { readonly kind: "notices" }
  | { readonly kind: "training" }
  | { readonly kind: "rule" }
  | { readonly kind: "draft" }
  | { readonly kind: "criterion" }
  | { readonly kind: "help" };
