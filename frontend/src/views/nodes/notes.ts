/** Whether a person wrote a node's note: walks, controls and the estimator write theirs in words of their own. */
import type { Node } from "../../api/values";

const WRITTEN = /^(Walk \d+: |Control of node \d+: |Estimate: keep )/;

export const isByPerson = ({ note }: Node): boolean => note !== "" && !WRITTEN.test(note);
