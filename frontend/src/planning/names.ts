/** Names of draft plans. Counterpart of `next_name` in the server's `planning/names.py`. */

const LETTERS = 26;

/** Returns the name that the server will give the next draft of a node: the first unused one of A, B, … Z, A1, B1, … */
export function firstFreeName(takenNames: readonly string[]): string {
  const takenNameSet = new Set(takenNames);
  for (let index = 0; ; index++) {
    const suffixNumber = Math.floor(index / LETTERS);
    const name = `${String.fromCharCode(65 + (index % LETTERS))}${suffixNumber || ""}`;
    if (!takenNameSet.has(name)) return name;
  }
}
