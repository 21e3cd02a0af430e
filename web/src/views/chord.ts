/** A key with its modifiers, as one word: `Alt+Shift+ArrowUp`. Ctrl and ⌘ are the same, and letters are small. */

export function chordOf({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  const isSign = key.length === 1;
  return [
    ctrlKey || metaKey ? "Ctrl" : "",
    altKey ? "Alt" : "",
    // A sign already tells of Shift: `?`, `+`.
    shiftKey && !isSign ? "Shift" : "",
    isSign ? key.toLowerCase() : key,
  ]
    .filter(Boolean)
    .join("+");
}
