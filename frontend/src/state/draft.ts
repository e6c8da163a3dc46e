/** Edits of plans that live in the page until the server has them, each with undo and redo of its own. */
import type { TrainingChoice } from "../api/values";
import { type Rule } from "../planning/rules";

/** What was done to one plan here. */
export interface Edit {
  readonly past: readonly Rule[];
  readonly future: readonly Rule[];
  /** The rule that the server does not have yet; null: as the plan says. */
  readonly unsent: Rule | null;
  /** Revision of the plan that `unsent` was made from; null: there was no plan. */
  readonly baseRevision: number | null;
  /** The rule before the drag that is under way. */
  readonly beforeDrag: Rule | null;
  /** The reason that the server does not have yet. */
  readonly reason: Reason | null;
}

/** Why a plan is made. `before`: the reason that was edited. */
export interface Reason {
  readonly text: string;
  readonly before: string;
}

/** How the last request on the plan area stands. `error` is the server's sentence, shown at the buttons. */
export interface PlanRequest {
  /** Where it was made: it shows at that node alone. */
  readonly node: number | null;
  readonly kind: "save" | "preview" | "apply";
  readonly isPending: boolean;
  readonly error: string | null;
}

export interface Draft {
  /** By plan id; edits of a node that has no plan yet under minus its id. */
  readonly edits: Readonly<Record<number, Edit>>;
  readonly request: PlanRequest | null;
  /** Fine-tuning settings of those who may not save them with the experiment, by experiment. */
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
