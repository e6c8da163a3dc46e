/** What the plan area shows and what it can be asked to do. */
import type { Cost } from "../../../api/values";
import type { DraftRow } from "./draftTable";
import type { PreviewData } from "./preview";
import type { Shares } from "./radar";

export interface Tab {
  readonly key: number;
  readonly text: string;
  readonly title: string;
  readonly isChosen: boolean;
}

/** What a person set by hand, and what is locked. */
export interface Handmade {
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
  /** Why it is off, or what it does. */
  readonly title: string;
}

export interface PlanData {
  readonly tabs: readonly Tab[];
  readonly drafts: readonly DraftRow[];
  readonly canAdd: boolean;
  readonly nodeNumber: number;
  readonly now: Cost;
  readonly after: Cost;
  readonly shares: Shares;
  readonly other: { readonly name: string; readonly shares: Shares } | null;
  readonly preview: Omit<PreviewData, "width">;
  readonly notes: readonly string[];
  /** Where a limit keeps the rule from what it asks for: how far it came, and why. */
  readonly reach: string | null;
  /** Limits of the plan that its preview found broken, a sentence each. */
  readonly broken: readonly string[];
  readonly handmade: readonly Handmade[];
  readonly training: string;
  /** The rule in a few words, on the button that opens it. */
  readonly rule: string;
  /** The same as a full sentence. */
  readonly ruleTitle: string;
  readonly note: string;
  /** What of it the server has. */
  readonly savedNote: string;
  readonly isApplied: boolean;
  readonly previewButton: ButtonData;
  readonly applyButton: ButtonData;
  /** The node that the applied plan made; null: none is there. */
  readonly child: { readonly id: number; readonly number: number } | null;
  /** The server's sentence where it refused. */
  readonly error: string | null;
  readonly enlarged: boolean;
  /** Width of the whole area, pixels. */
  readonly width: number;
}

export interface PlanCallbacks {
  onTab(key: number): void;
  onNewDraft(): void;
  /** Of the chosen draft. */
  onRename(): void;
  onDelete(): void;
  onTraining(): void;
  onRule(): void;
  onFlipped(samples: readonly number[]): void;
  onNote(note: string): void;
  /** The reason that the server has stands again. */
  onDropNote(): void;
  onPreview(): void;
  onApply(): void;
  /** To the node that the plan made. */
  onChild(node: number): void;
  onTakeBack(handmade: Handmade): void;
}
