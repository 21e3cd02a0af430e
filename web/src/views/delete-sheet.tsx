/** Asks before a message is deleted for good. */
import { deleteMessage } from "../actions/messages.ts";
import { log } from "../actions/store.ts";
import { placeOf } from "../state/fold.ts";
import { closeSheet, Dialog } from "./dialog.tsx";
import { focusComposer } from "./ui.ts";

export function DeleteSheet({ seq }: { seq: number }) {
  const held = log.value;
  const item = held?.items[placeOf(held.items, seq)];
  async function go(): Promise<void> {
    closeSheet();
    await deleteMessage(seq);
    focusComposer();
  }
  return (
    <Dialog title="Delete this message?">
      {item?.kind === "message" && (
        <blockquote class="deleting" dir="auto">
          {item.text}
        </blockquote>
      )}
      <p class="soft">It is gone for everybody, and cannot be brought back.</p>
      <div class="sheet-keys">
        <button type="button" class="button danger sure" onClick={go}>
          Delete
        </button>
        <button type="button" class="button" onClick={closeSheet}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}
