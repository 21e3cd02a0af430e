/** Small things that outlive the tab, in local storage; in memory where the browser keeps nothing for this page. */

const PREFIX = "chinwag.";
const inMemory = new Map<string, string>();

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Whether the browser keeps anything for this page. */
export function canKeep(): boolean {
  try {
    const store = storage();
    store?.setItem(`${PREFIX}probe`, "1");
    store?.removeItem(`${PREFIX}probe`);
    return store !== null;
  } catch {
    return false;
  }
}

export function recall(name: string): string | null {
  return inMemory.get(name) ?? storage()?.getItem(PREFIX + name) ?? null;
}

export function keep(name: string, value: string): void {
  try {
    storage()?.setItem(PREFIX + name, value);
    if (storage()) inMemory.delete(name);
    else inMemory.set(name, value);
  } catch {
    inMemory.set(name, value);
  }
}

export function drop(name: string): void {
  inMemory.delete(name);
  storage()?.removeItem(PREFIX + name);
}

/** The names under which something is kept that begin with `kind`. */
export function namesOf(kind: string): string[] {
  const kept = Object.keys(storage() ?? {}).filter((key) => key.startsWith(PREFIX));
  const names = new Set([...inMemory.keys(), ...kept.map((key) => key.slice(PREFIX.length))]);
  return [...names].filter((name) => name.startsWith(kind));
}

/** Forget everything that this page keeps. */
export function dropAll(): void {
  namesOf("").forEach(drop);
}
