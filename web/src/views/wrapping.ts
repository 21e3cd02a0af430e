/** A bracket, quote or backtick typed over a selection stands around it instead of replacing it. */

const PAIRS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "`": "`", '"': '"', "*": "*", _: "_", "~": "~" };

/** Tells whether `key` was such a sign, and the selection stands in it now. */
export function wrapSelection(box: HTMLTextAreaElement, key: string): boolean {
  const { selectionStart: start, selectionEnd: end } = box;
  const closing = PAIRS[key];
  if (closing === undefined || start === end) return false;
  const inner = box.value.slice(start, end);
  box.setRangeText(key + inner + closing, start, end);
  box.setSelectionRange(start + 1, start + 1 + inner.length);
  return true;
}
