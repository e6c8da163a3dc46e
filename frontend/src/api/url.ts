/** Builds the URLs of REST calls and files: fills in the parameters in a path of the API and appends the query. */

export function buildUrl(path: string, pathValues: object = {}, query: object = {}): string {
  const values = pathValues as Record<string, unknown>;
  const filledPath = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const parameters = pairs.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)]),
  );
  const search = new URLSearchParams(parameters).toString();
  return search ? `${filledPath}?${search}` : filledPath;
}
