/** A small palette of frequent emoji, beside the control that asked for it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { FREQUENT } from "./emoji.ts";
import { closeSheet, Dialog } from "./dialog.tsx";

const COLUMNS = 8;
const MARGIN = 8;

export function EmojiSheet({ from, pick }: { from: Element | null; pick: (emoji: string) => void }) {
  const grid = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const dialog = grid.current?.closest("dialog");
    if (dialog && from) standBeside(dialog, from);
    grid.current?.querySelector("button")?.focus();
  }, []);

  function choose(emoji: string): void {
    closeSheet();
    pick(emoji);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const buttons = [...(grid.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (step === undefined || at === -1) return;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
  }

  return (
    <Dialog title="Emoji" class="emoji-sheet" bare>
      <div ref={grid} class="emoji-grid" onKeyDown={onKeyDown}>
        {FREQUENT.map(([emoji, name], at) => (
          <button key={emoji} type="button" class="emoji" aria-label={name} title={name} tabIndex={at === 0 ? 0 : -1} onClick={() => choose(emoji)}>
            {emoji}
          </button>
        ))}
      </div>
    </Dialog>
  );
}

/** Above the control where there is room, below it otherwise; never outside the window. */
function standBeside(dialog: HTMLDialogElement, control: Element): void {
  const { top, bottom, right } = control.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  const left = Math.min(Math.max(MARGIN, right - width), innerWidth - width - MARGIN);
  const above = top - height - MARGIN;
  dialog.style.margin = "0";
  dialog.style.left = `${left}px`;
  dialog.style.top = `${above >= MARGIN ? above : Math.min(bottom + MARGIN, innerHeight - height - MARGIN)}px`;
}
