/** Copying and sharing, also where the browser has neither clipboard nor share sheet for this page. */

/** Whether `text` is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    const { clipboard } = navigator as Partial<Navigator>;
    if (clipboard) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused: the old way may still work.
  }
  return copyBySelection(text);
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "offstage";
  // An open dialog makes the rest of the page inert, and what is inert cannot be selected.
  (before?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

export function canShare(): boolean {
  return "share" in navigator;
}

/** Opens the share sheet. Whoever closes it again has changed their mind, which is no fault. */
export async function share(title: string, url: string): Promise<void> {
  await navigator.share({ title, url }).catch(() => {});
}
