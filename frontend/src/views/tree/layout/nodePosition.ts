/** Position and labels of a node in the tree. */
import type { Node } from "../../../api/values";
import type { Label } from "../../../marks/elements";

export interface NodePosition {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly level: number;
  /** The labels that found room, relative to the circle's centre. */
  readonly labels: readonly Label[];
  /** Number of nodes folded into this one. */
  readonly hidden: number;
  /** Whether its descendants are shown; null if it has none. */
  readonly isOpen: boolean | null;
}
