/** A button for each end of the lanes that has more nodes, with how many. */
import { formatPlural } from "../../../marks/format";
import { part, type Box } from "../../../marks/part";
import { scrolledTo, scrollSoon } from "../../../marks/scroll";
import type { Frame } from "../layout/foot";
import type { Place } from "../layout/place";

interface Lanes extends Pick<Frame, "window" | "drawing"> {
  readonly places: readonly Place[];
}

export function drawLaneButtons(box: Box, view: HTMLElement, { places, window: height, drawing }: Lanes): void {
  const top = scrolledTo(view);
  const most = Math.max(0, drawing - height);
  const count = (isOut: (place: Place) => boolean): number => places.filter(isOut).length;
  const ends = [
    {
      name: "higher",
      sign: "▴",
      count: count(({ y, radius }) => y - radius < top),
      where: "above",
      to: Math.max(0, top - height / 2),
    },
    {
      name: "lower",
      sign: "▾",
      count: count(({ y, radius }) => y + radius > top + height),
      where: "below",
      to: Math.min(most, top + height / 2),
    },
  ];
  const group = part(box, "div", "lanes");
  for (const end of ends) {
    const title = `${formatPlural(end.count, "node")} ${end.where}: scroll there`;
    part(group, "button", end.name)
      .attr("class", `${end.name} icon`)
      .attr("type", "button")
      .attr("title", title)
      .attr("aria-label", title)
      .attr("hidden", end.count > 0 ? null : "")
      .text(`${end.sign} ${end.count}`)
      .on("click", () => scrollSoon(view, end.to));
  }
}
