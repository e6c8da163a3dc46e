/** Position and labels of a node in the tree. */
import type { Node } from "../../../api/values";
import type { Label } from "../../../marks/elements";

export interface NodePosition {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly level: number;
  /** The labels for which there is room, with positions relative to the centre of the circle. */
  readonly labels: readonly Label[];
  /** Number of descendants that are hidden by folding this node. */
  readonly hiddenCount: number;
  /** Whether the node's descendants are shown; null if it has no descendants. */
  readonly isOpen: boolean | null;
}
