/** Where a node stands in the tree. */
import type { Node } from "../../api/values";

export interface Place {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly level: number;
  readonly hasLabels: boolean;
  readonly accuracy: string;
  readonly times: string;
  /** Below the circle: not recovered, failed, cancelled. */
  readonly word: string;
  /** Who made it; `isTagLeft`: on the edge before the circle, else below it. */
  readonly tag: string;
  readonly isTagLeft: boolean;
  /** Nodes folded into this one. */
  readonly hidden: number;
  readonly isOpen: boolean | null;
}
