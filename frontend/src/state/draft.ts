/** Edits of plans that have not reached the server yet. Each plan has its own undo and redo history. */
import type { TrainingChoice } from "../api/values";
import { type Rule } from "../planning/rules";

/** The edits that were made to one plan on this page. */
export interface PlanEdit {
  readonly undoHistory: readonly Rule[];
  readonly redoHistory: readonly Rule[];
  /** The edited rule, if it has not been sent to the server yet; otherwise null. */
  readonly unsentRule: Rule | null;
  /** Revision of the plan on which `unsentRule` is based; null if there was no plan yet when the edit began. */
  readonly baseRevision: number | null;
  /** The rule before the current drag; null if nothing is being dragged. */
  readonly dragStartRule: Rule | null;
  /** The edited reason that has not been saved on the server yet. */
  readonly reason: EditedReason | null;
}

/** An edited reason, that is, the user's note on why a plan was made. `before` is the text before the edit. */
export interface EditedReason {
  readonly text: string;
  readonly before: string;
}

/** Status of the last request from the plan area. `error` is the server's message, shown next to the buttons. */
export interface PlanRequestStatus {
  /** Id of the node for which the request was made; its status is shown only there. */
  readonly node: number | null;
  readonly kind: "save" | "preview" | "apply";
  readonly isPending: boolean;
  readonly error: string | null;
}

export interface Draft {
  /** Edits by plan id. A new draft has no id yet; its key is the negated id of its node. */
  readonly edits: Readonly<Record<number, PlanEdit>>;
  readonly request: PlanRequestStatus | null;
  /** Training settings by experiment id, for visitors who may not save them with the experiment. */
  readonly training: Readonly<Record<number, TrainingChoice>>;
}

export const emptyPlanEdit: PlanEdit = {
  undoHistory: [],
  redoHistory: [],
  unsentRule: null,
  baseRevision: null,
  dragStartRule: null,
  reason: null,
};
export const emptyDraft: Draft = { edits: {}, request: null, training: {} };
