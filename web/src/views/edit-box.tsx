/** A message of one's own, being edited in its place. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { editMessage } from "../actions/messages.ts";
import { chordOf } from "./chord.ts";
import { growing } from "./growing.ts";
import { editing, focusComposer } from "./ui.ts";
import { sends } from "./use-writing.ts";

export function EditBox({ seq, text }: { seq: number; text: string }) {
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(text.length, text.length);
    growing(box.current);
  }, []);

  async function save(): Promise<void> {
    const wanted = box.current?.value.trim() ?? "";
    if (wanted === "" || wanted === text || (await editMessage(seq, wanted))) done();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const chord = chordOf(event);
    if (chord === "Escape") done();
    else if (sends(chord)) void save();
    else return;
    event.preventDefault();
  }

  return (
    <form
      class="edit"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={box}
        rows={1}
        dir="auto"
        aria-label="Edit your message"
        defaultValue={text}
        onInput={(event) => growing(event.currentTarget)}
        onKeyDown={onKeyDown}
      />
      <div class="edit-keys">
        <button type="submit" class="button go">
          Save
        </button>
        <button type="button" class="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function done(): void {
  editing.value = null;
  focusComposer();
}
