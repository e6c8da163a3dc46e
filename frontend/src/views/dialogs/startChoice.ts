/** The form field for the weights with which the training of a pruned network starts. */
import type { Choice } from "./fields";

export const START_WEIGHTS_FIELD: Choice = {
  name: "start",
  label: "Starting weights",
  choices: [
    { value: "best", text: "the most accurate of the three below" },
    { value: "cut", text: "as cut" },
    { value: "recalibrated", text: "batch norm re-estimated" },
    { value: "reconstructed", text: "reconstructed" },
  ],
};
