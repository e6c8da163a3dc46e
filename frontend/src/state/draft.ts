/** Edits of plans that the server does not have yet, each with its own undo and redo. */
import type { TrainingChoice } from "../api/values";
import { type Rule } from "../planning/rules";

/** The edits made to one plan in this page. */
export interface Edit {
  readonly past: readonly Rule[];
  readonly future: readonly Rule[];
  /** The rule that the server does not have yet; null: the plan's rule is current. */
  readonly unsent: Rule | null;
  /** Revision of the plan that `unsent` is based on; null: there was no plan. */
  readonly baseRevision: number | null;
  /** The rule before the current drag; null: nothing is dragged. */
  readonly beforeDrag: Rule | null;
  /** The reason that the server does not have yet. */
  readonly reason: Reason | null;
}

/** Why a plan is made. `before`: the reason before the edit. */
export interface Reason {
  readonly text: string;
  readonly before: string;
}

/** Status of the last request from the plan area. `error` is the server's message, shown at the buttons. */
export interface PlanRequest {
  /** The node it was made for; it is shown for that node only. */
  readonly node: number | null;
  readonly kind: "save" | "preview" | "apply";
  readonly isPending: boolean;
  readonly error: string | null;
}

export interface Draft {
  /** By plan id. Edits of a node without a plan are stored under minus the node's id. */
  readonly edits: Readonly<Record<number, Edit>>;
  readonly request: PlanRequest | null;
  /** Training settings of visitors who may not save them with the experiment, by experiment. */
  readonly training: Readonly<Record<number, TrainingChoice>>;
}

export const emptyEdit: Edit = {
  past: [],
  future: [],
  unsent: null,
  baseRevision: null,
  beforeDrag: null,
  reason: null,
};
export const emptyDraft: Draft = { edits: {}, request: null, training: {} };
