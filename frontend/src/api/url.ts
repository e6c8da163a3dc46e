/** URL of a call or file: a path of the REST API with its parameters filled in. */

export function buildUrl(path: string, pathValues: object = {}, query: object = {}): string {
  const values = pathValues as Record<string, unknown>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const flat = pairs.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)]),
  );
  const search = new URLSearchParams(flat).toString();
  return search ? `${filled}?${search}` : filled;
}
