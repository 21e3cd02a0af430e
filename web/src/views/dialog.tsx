/** A sheet over the page: the browser keeps the focus inside, Escape and a click beside it close it. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { X } from "lucide";
import { Icon } from "./icon.tsx";
import { sheet } from "./ui.ts";

interface Props {
  title: string;
  class?: string;
  /** The title is for screen readers only. */
  bare?: boolean;
  children: ComponentChildren;
}

/** At once, so that whoever wants the focus next has it after the one to whom closing gives it back. */
export function closeSheet(): void {
  document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
  sheet.value = null;
}

export function Dialog({ title, class: kind = "", bare = false, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    // Closing gives the focus back to whoever had it.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      class={`sheet ${kind}`}
      aria-labelledby="sheet-title"
      onClose={() => {
        // Unmounted already: another sheet took its place.
        if (box.current) sheet.value = null;
      }}
      onClick={(event) => {
        if (event.target === box.current) box.current?.close();
      }}
    >
      <div class="sheet-body">
        <header class={bare ? "sheet-head offstage" : "sheet-head"}>
          <h2 id="sheet-title">{title}</h2>
          <button type="button" class="quiet" aria-label="Close" onClick={closeSheet}>
            <Icon of={X} />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
