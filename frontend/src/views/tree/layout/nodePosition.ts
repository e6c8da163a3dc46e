/** Where a node stands in the tree. */
import type { Node } from "../../../api/values";
import type { Label } from "../../../marks/part";

export interface NodePosition {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly level: number;
  /** Measures, end, maker and signs that found room, as from the circle's centre. */
  readonly labels: readonly Label[];
  /** Nodes folded into this one. */
  readonly hidden: number;
  readonly isOpen: boolean | null;
}
