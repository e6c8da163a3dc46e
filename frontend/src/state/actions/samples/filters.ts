/** The list of filters: its order, the chosen filter, and the visible cards. */
import { withChoice, withScreen } from "../../changes/patches";
import type { FilterSort } from "../../choice";
import type { ListRange } from "../../state";
import type { Context } from "../context";

export function createFilterActions({ store }: Context) {
  const { dispatch } = store;
  return {
    sortFilters: (filterSort: FilterSort) =>
      dispatch((state) => withScreen(withChoice(state, { filterSort }), { firstCard: null })),
    /**
     * Chooses a filter: the page shows the samples that activate it most, and draws rings around them in the map.
     * Choosing the same filter again clears the choice.
     */
    chooseFilter: (layer: string, filter: number) =>
      dispatch((state) => withChoice(state, { layer, filter: state.choice.filter === filter ? null : filter })),
    showCards: (cards: ListRange) =>
      dispatch((state) => {
        const { first, count } = state.screen.visibleCards;
        return first === cards.first && count === cards.count ? state : withScreen(state, { visibleCards: cards });
      }),
    /** Stores the position of the first visible card after the user has scrolled the list. */
    scrollCards: (list: number) =>
      dispatch((state) => (state.screen.firstCard === list ? state : withScreen(state, { firstCard: list }))),
  };
}
