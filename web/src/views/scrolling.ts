/**
 * Keeps the reader's place. Whoever is at the newest stays there; for everybody else, what they look at does not move,
 * whatever is added or taken away above and below it.
 */

/** So near to its end, the list counts as being there. */
const NEAR_END = 100;

export interface Place {
  atEnd: boolean;
  /** Pixels from the view to the first and the last line of the list. */
  above: number;
  below: number;
  /** The `seq` of the last row that is wholly in view or above it. */
  seen: number;
}

interface Anchor {
  row: HTMLElement;
  /** Pixels from the top of the box to the top of the row. */
  offset: number;
}

export class Scroller {
  readonly #box: HTMLElement;
  readonly #list: HTMLElement;
  #anchor: Anchor | null = null;
  #sticks = true;

  constructor(box: HTMLElement, list: HTMLElement) {
    this.#box = box;
    this.#list = list;
  }

  /** Whether the end of the list may hold the reader: not while there is more below than the page holds. */
  mayStick = true;

  /** The reader scrolled: remember where they are. */
  look(): Place {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const below = scrollHeight - scrollTop - clientHeight;
    const atEnd = below <= NEAR_END;
    this.#sticks = atEnd && this.mayStick;
    // Whoever is held by the end needs no other hold; looking for one takes its time.
    this.#anchor = this.#sticks ? null : this.#findAnchor();
    return { atEnd, above: scrollTop, below, seen: this.#sticks ? 0 : this.#lastSeen() };
  }

  /** The list or the box changed its size: put the reader back where they were. */
  hold(): void {
    if (this.#sticks && this.mayStick) {
      this.#box.scrollTop = this.#box.scrollHeight;
    } else if (this.#anchor?.row.isConnected) {
      const shift = this.#offsetOf(this.#anchor.row) - this.#anchor.offset;
      if (Math.abs(shift) >= 1) this.#box.scrollTop += shift;
    }
  }

  toEnd(): void {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#sticks = this.mayStick;
  }

  /** Bring `row` into view, `offset` pixels below the top. */
  to(row: HTMLElement, offset: number): void {
    this.#sticks = false;
    this.#box.scrollTop += this.#offsetOf(row) - offset;
    this.#anchor = { row, offset: this.#offsetOf(row) };
  }

  #rows(): HTMLElement[] {
    return [...this.#list.children].filter((row) => row instanceof HTMLElement);
  }

  #offsetOf(row: HTMLElement): number {
    return row.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
  }

  #findAnchor(): Anchor | null {
    for (const row of this.#rows()) {
      const offset = this.#offsetOf(row);
      // A row that lasts: a day's line may go when older messages come before it.
      if (offset + row.offsetHeight > 0 && row.dataset["seq"] !== undefined) return { row, offset };
    }
    return null;
  }

  #lastSeen(): number {
    const rows = this.#rows();
    const end = this.#box.clientHeight;
    for (let at = rows.length - 1; at >= 0; at -= 1) {
      const row = rows[at];
      const seq = Number(row?.dataset["seq"]);
      if (row && seq > 0 && this.#offsetOf(row) + row.offsetHeight <= end + 4) return seq;
    }
    return 0;
  }
}
