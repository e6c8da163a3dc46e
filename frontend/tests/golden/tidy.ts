/** Formats a drawing for comparison: one element per line, rounded numbers, each style defined once. */

/** Rounds to two decimals, since invisible differences may vary between machines. */
const round = (text: string): string =>
  text.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))));

export function tidy(svg: string): string {
  const names = new Map<string, string>();
  const classOf = (style: string): string => {
    if (!names.has(style)) names.set(style, `s${names.size + 1}`);
    return names.get(style)!;
  };
  const body = svg
    .replace(/ style="([^"]*)"/g, (_, style: string) => ` data-style="${classOf(style)}"`)
    .replace(/ (class|id|role|tabindex|aria-[\w-]+|data-(?!style)[\w-]+)="([^"]*)"/g, (attribute, name: string) =>
      name === "id" ? attribute : "",
    )
    .replace(/></g, ">\n<")
    .replace(/ data-style=/g, " class=");
  const rules = [...names].map(([style, name]) => `.${name} {${style}}`);
  return round(body.replace(">\n", `>\n<style>\n${rules.join("\n")}\n</style>\n`)) + "\n";
}
