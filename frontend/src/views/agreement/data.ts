/** Builds the data of the agreement chart, and the rows of its CSV file, from the State. */
import { criterionTitle } from "../../state/selectors/select";
import { agreementError, chosenNodeAgreement, ranksOfChosenFilter } from "../../state/selectors/agreement";
import type { State } from "../../state/state";
import type { Chart } from "../panel";
import type { AgreementData } from "./agreement";

export function agreementData(state: State, width: number, height: number): AgreementData {
  const agreement = chosenNodeAgreement(state);
  return {
    agreement,
    titles: agreement?.criteria.map((spec) => criterionTitle(state.server.criteria, spec)) ?? [],
    error: agreementError(state),
    ranks: agreement && ranksOfChosenFilter(state, agreement),
    criterion: state.choice.criterion,
    width,
    height,
    isDark: document.documentElement.dataset.theme === "dark",
  };
}

export const agreementChart: Chart = {
  name: "agreement",
  title: "Agreement of criteria",
  selector: "svg.agreement",
  fileCaption: () => "Spearman’s ρ between the orders in which two criteria would remove filters; dashed: ρ below 0",
  show: (act) => act.showAgreement(true),
  rows: agreementRows,
};

function agreementRows(state: State): ReturnType<Chart["rows"]> {
  const agreement = chosenNodeAgreement(state);
  if (!agreement) return [["criterion"]];
  const ranks = ranksOfChosenFilter(state, agreement);
  const columns = ["criterion", ...agreement.criteria, ...(ranks ? [`rank of ${ranks.title}`] : [])];
  return [
    columns,
    ...agreement.criteria.map((spec, row) => [
      spec,
      ...agreement.correlation[row]!,
      ...(ranks ? [ranks.ranks[row] ?? null] : []),
    ]),
  ];
}
