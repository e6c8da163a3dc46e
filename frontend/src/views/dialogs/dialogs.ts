/** The one dialog that may be open. */
import type { Box } from "../../marks/part";
import type { Actions } from "../../state/actions";
import type { State } from "../../state/state";
import type { Panel } from "../panel";

export function drawDialogs(_box: Box, _state: State, _act: Actions, _panels: readonly Panel[]): void {
  return;
}
