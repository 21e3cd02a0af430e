/** An icon. It never stands for a word alone: what it is on carries the label. */
import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ of, size = 18 }: { of: IconNode; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {of.map(([tag, attributes], at) => h(tag, { key: at, ...attributes }))}
    </svg>
  );
}

/** Two bubbles: the mark of the house. */
export function Mark({ size }: { size: number }) {
  return (
    <svg class="mark-sign" width={size} height={size} viewBox="0 0 26 26" aria-hidden="true">
      <path d="M4 4h12v9H9l-3.500 3V13H4z" />
      <path class="behind" d="M19 10h3v9h-1.500v3L17 19h-6v-3" />
    </svg>
  );
}
