/** Data and callbacks of the plan area. */
import type { Cost } from "../../../api/values";
import type { DraftRow } from "./draftTable";
import type { PreviewData } from "./preview";
import type { ComparisonPlan, Shares } from "./radar";

export interface Tab {
  readonly key: number;
  readonly text: string;
  readonly title: string;
  readonly isChosen: boolean;
}

/** A decision of the user that takes precedence over the rule: to keep or remove a filter, or to lock a layer. */
export interface Override {
  readonly key: string;
  readonly kind: "kept" | "removed" | "locked";
  readonly layer: string;
  readonly number: number | null;
  readonly text: string;
}

export interface ButtonData {
  readonly isEnabled: boolean;
  readonly isPrimary: boolean;
  readonly cost: string;
  /** Tooltip that explains what the button does or, if it is disabled, why. */
  readonly title: string;
}

export interface PlanData {
  readonly tabs: readonly Tab[];
  readonly drafts: readonly DraftRow[];
  readonly canAddDraft: boolean;
  readonly nodeNumber: number;
  readonly cost: Cost;
  readonly costAfter: Cost;
  /** Operations that are not counted in the MACs, each with its line of code. */
  readonly uncounted: readonly string[];
  readonly freeFilters: number;
  readonly removedFilters: number;
  readonly shares: Shares;
  readonly otherPlan: ComparisonPlan | null;
  readonly preview: Omit<PreviewData, "width">;
  readonly notes: readonly string[];
  /**
   * If the rule removes less than requested, a sentence that says how much it removes and what limits it; otherwise
   * null.
   */
  readonly shortfall: string | null;
  /** One sentence for each limit of the rule that Preview found to be violated. */
  readonly brokenLimits: readonly string[];
  readonly overrides: readonly Override[];
  readonly training: string;
  readonly trainingTitle: string;
  /** The rule in a few words, for the button that opens the rule dialog. */
  readonly rule: string;
  /** The rule as a full sentence. */
  readonly ruleTitle: string;
  readonly reason: string;
  /** The reason for the plan as it is saved on the server. */
  readonly savedReason: string;
  readonly isApplied: boolean;
  readonly previewButton: ButtonData;
  readonly applyButton: ButtonData;
  /** The node that the plan created; null if the plan is not applied or the node was deleted. */
  readonly child: { readonly id: number; readonly number: number } | null;
  /** The server's error message for the last request; null if that request succeeded. */
  readonly error: string | null;
  readonly isEnlarged: boolean;
  /** Width of the plan area, in pixels. */
  readonly width: number;
}

export interface PlanCallbacks {
  onChooseDraft(key: number): void;
  onCreateDraft(): void;
  /** Opens the dialog that renames the chosen draft. */
  onRenameDraft(): void;
  onDelete(): void;
  onOpenTraining(): void;
  /** Opens the dialog that shows how the node created by an applied plan was trained. */
  onOpenProvenance(node: number): void;
  onOpenRule(): void;
  onChooseNewlyMisclassified(samples: readonly number[]): void;
  onEditReason(reason: string): void;
  /** Discards edits of the reason that have not been saved. */
  onDiscardReasonEdits(): void;
  onPreviewPlan(): void;
  onApplyPlan(): void;
  /** Chooses the node that the plan created. */
  onChooseChild(node: number): void;
  onRevertOverride(override: Override): void;
}
