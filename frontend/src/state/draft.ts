/** Edits of plans that the server does not have yet, each with its own undo and redo. */
import type { TrainingChoice } from "../api/values";
import { type Rule } from "../planning/rules";

/** The edits made to one plan in this page. */
export interface Edit {
  readonly past: readonly Rule[];
  readonly future: readonly Rule[];
  /** The rule that the server does not have yet; null: the plan's rule is current. */
  readonly unsentRule: Rule | null;
  /** Revision of the plan that `unsentRule` is based on; null if there was no plan. */
  readonly baseRevision: number | null;
  /** The rule before the current drag; null if nothing is being dragged. */
  readonly dragStartRule: Rule | null;
  /** The edited reason that the server does not have yet. */
  readonly reason: Reason | null;
}

/** The reason for a plan. `before` is the text before the edit. */
export interface Reason {
  readonly text: string;
  readonly before: string;
}

/** Status of the last request from the plan area. `error` is the server's message, shown next to the buttons. */
export interface PlanRequest {
  /** Id of the node for which the request was made; the status is shown only for that node. */
  readonly node: number | null;
  readonly kind: "save" | "preview" | "apply";
  readonly isPending: boolean;
  readonly error: string | null;
}

export interface Draft {
  /** Edits by plan id. Edits of a node without a plan have the node's id, negated, as their key. */
  readonly edits: Readonly<Record<number, Edit>>;
  readonly request: PlanRequest | null;
  /** Training settings, by experiment id, of visitors who may not save them with the experiment. */
  readonly training: Readonly<Record<number, TrainingChoice>>;
}

export const emptyEdit: Edit = {
  past: [],
  future: [],
  unsentRule: null,
  baseRevision: null,
  dragStartRule: null,
  reason: null,
};
export const emptyDraft: Draft = { edits: {}, request: null, training: {} };
