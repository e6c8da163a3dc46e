/** Position and labels of a node in the tree. */
import type { Node } from "../../../api/values";
import type { Label } from "../../../marks/elements";

export interface NodePosition {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly level: number;
  /** The node's labels for which there is room. Their positions are relative to the centre of its circle. */
  readonly labels: readonly Label[];
  /** Number of descendants that are hidden because this node is folded. */
  readonly hiddenCount: number;
  /** Whether the node is unfolded, so that its descendants are shown; null if it has no descendants. */
  readonly isUnfolded: boolean | null;
}
