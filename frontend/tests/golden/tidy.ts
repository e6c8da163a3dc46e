/** A drawing as a file that is read and compared: an element a line, rounded numbers, each style named once. */

/** Digits after the point: what no eye tells apart may differ from one machine to the next. */
const round = (text: string): string =>
  text.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))));

export function tidy(svg: string): string {
  const names = new Map<string, string>();
  const nameOf = (style: string): string => {
    if (!names.has(style)) names.set(style, `s${names.size + 1}`);
    return names.get(style)!;
  };
  const body = svg
    .replace(/ style="([^"]*)"/g, (_, style: string) => ` data-style="${nameOf(style)}"`)
    .replace(/ (class|id|role|tabindex|aria-[\w-]+|data-(?!style)[\w-]+)="([^"]*)"/g, (all, name: string) =>
      name === "id" ? all : "",
    )
    .replace(/></g, ">\n<")
    .replace(/ data-style=/g, " class=");
  const rules = [...names].map(([style, name]) => `.${name} {${style}}`);
  return round(body.replace(">\n", `>\n<style>\n${rules.join("\n")}\n</style>\n`)) + "\n";
}
