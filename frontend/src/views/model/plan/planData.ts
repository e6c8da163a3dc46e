/** Data and callbacks of the plan area. */
import type { Cost } from "../../../api/values";
import type { DraftRow } from "./draftTable";
import type { PreviewData } from "./preview";
import type { OtherPlan, Shares } from "./radar";

export interface Tab {
  readonly key: number;
  readonly text: string;
  readonly title: string;
  readonly isChosen: boolean;
}

/** A filter that the user keeps or removes against the rule, or a layer that the user has locked. */
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
  /** Explains why the button is disabled, or what it does. */
  readonly title: string;
}

export interface PlanData {
  readonly tabs: readonly Tab[];
  readonly drafts: readonly DraftRow[];
  readonly canAddDraft: boolean;
  readonly nodeNumber: number;
  readonly cost: Cost;
  readonly costAfter: Cost;
  /** Operations whose multiplications are not counted in the MACs, with their lines of code. */
  readonly uncounted: readonly string[];
  readonly freeFilters: number;
  readonly removedFilters: number;
  readonly shares: Shares;
  readonly otherPlan: OtherPlan | null;
  readonly preview: Omit<PreviewData, "width">;
  readonly notes: readonly string[];
  /** How much the rule removes, and why it cannot remove more; null if the rule reaches its goal. */
  readonly shortfall: string | null;
  /** One sentence for each limit that the preview found to be violated. */
  readonly brokenLimits: readonly string[];
  readonly overrides: readonly Override[];
  readonly training: string;
  readonly trainingTitle: string;
  /** The rule in a few words, shown on the button that opens its dialog. */
  readonly rule: string;
  /** The rule as a full sentence. */
  readonly ruleTitle: string;
  readonly reason: string;
  /** The reason that is saved on the server. */
  readonly savedReason: string;
  readonly isApplied: boolean;
  readonly previewButton: ButtonData;
  readonly applyButton: ButtonData;
  /** The node that the plan created; null if the plan is not applied or the node was deleted. */
  readonly child: { readonly id: number; readonly number: number } | null;
  /** The server's error message; null if the last request succeeded. */
  readonly error: string | null;
  readonly isEnlarged: boolean;
  /** Width of the plan area, in pixels. */
  readonly width: number;
}

export interface PlanCallbacks {
  onChooseDraft(key: number): void;
  onNewDraft(): void;
  /** Renames the chosen draft. */
  onRename(): void;
  onDelete(): void;
  onOpenTraining(): void;
  /** Shows how the node that an applied plan created was trained. */
  onOpenProvenance(node: number): void;
  onOpenRule(): void;
  onChooseFlipped(samples: readonly number[]): void;
  onWriteReason(reason: string): void;
  /** Restores the reason that is saved on the server. */
  onRestoreReason(): void;
  onPreview(): void;
  onApply(): void;
  /** Chooses the node that was created by the plan. */
  onChooseChild(node: number): void;
  onRevert(override: Override): void;
}
