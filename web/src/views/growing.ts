/** A text box as high as its text, also in browsers that do not know `field-sizing`. */

const KNOWN = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

export function growing(box: HTMLTextAreaElement | null): void {
  if (KNOWN || !box) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}
