/** A message of one's own that is not in the log yet: on its way, or refused. */
import { RotateCcw, Trash2 } from "lucide";
import { discardMessage, retryMessage } from "../actions/messages.ts";
import type { Pending } from "../state/model.ts";
import { Icon } from "./icon.tsx";
import { Who } from "./message.tsx";
import { Words } from "./words.tsx";

export function PendingRow({ pending, first }: { pending: Pending; first: boolean }) {
  const { by, at, text, failure, cmid } = pending;
  return (
    <article class={`message ${first ? "first " : ""}${failure ? "failed" : "pending"}`} tabIndex={-1}>
      <Who by={by} at={at} first={first} />
      <div class="body">
        <Words text={text} />
        {failure === null ? (
          <span class="sending">sending…</span>
        ) : (
          <p class="failure" role="alert">
            <span>Not sent: {failure.message}</span>
            <button type="button" class="link" onClick={() => void retryMessage(cmid)}>
              <Icon of={RotateCcw} size={14} />
              Try again
            </button>
            <button type="button" class="link" onClick={() => void discardMessage(cmid)}>
              <Icon of={Trash2} size={14} />
              Discard
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
