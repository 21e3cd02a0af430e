/** How people are told apart: a steady colour, an initial, and a mark where two of one name meet. */

/** As many as there are `--person-…` colours in the styles. */
const COLOURS = 12;

/** Digits and letters that nobody takes for one another. */
const SIGNS = "23456789abcdefghjkmnpqrstuvwxyz";

/** FNV-1a: the same id gives the same number on every device. */
function hash(id: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    value = Math.imul(value ^ id.charCodeAt(at), 0x01000193);
  }
  // Ids that differ in their last sign alone have to end far apart.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

export function colourOf(id: string): number {
  return hash(id) % COLOURS;
}

/** Two signs that stay the same for `id`. */
export function markOf(id: string): string {
  const value = Math.floor(hash(id) / COLOURS);
  return `${SIGNS[value % SIGNS.length]}${SIGNS[Math.floor(value / SIGNS.length) % SIGNS.length]}`;
}

export function initialOf(name: string): string {
  const [first = "?"] = [...new Intl.Segmenter().segment(name.trim())].map(({ segment }) => segment);
  return first.toLocaleUpperCase();
}

/** The ids whose name somebody else has too. */
export function namesakes(names: ReadonlyMap<string, string>): ReadonlySet<string> {
  const byName = new Map<string, string[]>();
  for (const [id, name] of names) {
    const key = name.toLocaleLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), id]);
  }
  return new Set([...byName.values()].filter((ids) => ids.length > 1).flat());
}

/** `Ada, Bob and 3 others`: the first `most` by name. */
export function listNames(names: readonly string[], most = 2): string {
  const others = names.length - most;
  if (others === 1) return listNames(names, most + 1);
  const shown = others > 0 ? [...names.slice(0, most), `${others} others`] : [...names];
  const last = shown.pop() ?? "";
  return shown.length > 0 ? `${shown.join(", ")} and ${last}` : last;
}
