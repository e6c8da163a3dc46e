/** What the charts of the statistics show, and what they ask for. */
import type { Node } from "../../api/values";
import type { Ghost } from "../../state/selectors/ghost";
import type { NodeAxis } from "../axis/nodeAxis";
import type { NodeStats } from "./nodeStats";

export interface ChartContext {
  readonly axis: NodeAxis;
  readonly ghost: Ghost | null;
  readonly shown: readonly NodeStats[];
  readonly all: readonly NodeStats[];
}

export interface ChartsData {
  readonly stats: readonly NodeStats[];
  readonly axis: NodeAxis;
  readonly ghost: Ghost | null;
  readonly chosen: Node | null;
  readonly hovered: number | null;
  readonly height: number;
}

export type ChartName = "recoverability" | "loss" | "epochs" | "cost";

export interface ChartsCallbacks {
  onChoose(id: number): void;
  onHover(stats: NodeStats | null, chart: ChartName | null): void;
  onPan(first: number): void;
}
