/** Where one writes. It is never shut: without a line, what is sent waits. */
import { useRef } from "preact/hooks";
import { ArrowUp, Smile, X } from "lucide";
import { log, nameOf, room } from "../actions/store.ts";
import { placeOf } from "../state/fold.ts";
import { Icon } from "./icon.tsx";
import { TypingLine } from "./typing-line.tsx";
import { active, isTouch, replyingTo, sheet } from "./ui.ts";
import { useWriting } from "./use-writing.ts";

export function Composer({ id }: { id: string }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const { empty, changed, send, insert, onKeyDown } = useWriting(id, box);
  const label = `Write to ${room.value?.name ?? "the room"}`;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TypingLine />
      {replyingTo.value !== null && <Answered seq={replyingTo.value} />}
      <div class="box">
        <textarea
          ref={box}
          id="composer"
          rows={1}
          dir="auto"
          placeholder={label}
          aria-label={label}
          enterkeyhint={isTouch() ? "enter" : "send"}
          onInput={changed}
          onFocus={() => (active.value = null)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          class="quiet"
          aria-label="Emoji"
          onClick={(event) => (sheet.value = { kind: "emoji", from: event.currentTarget, pick: insert })}
        >
          <Icon of={Smile} size={20} />
        </button>
        <button type="submit" class="send" aria-label="Send" aria-disabled={empty.value}>
          <Icon of={ArrowUp} size={20} />
        </button>
      </div>
    </form>
  );
}

function Answered({ seq }: { seq: number }) {
  const held = log.value;
  const item = held?.items[placeOf(held.items, seq)];
  return (
    <p class="answered">
      <span>
        Answering <bdi class="strong">{item ? nameOf(item.by) : "an earlier message"}</bdi>
        {item?.kind === "message" && item.text !== null && (
          <>
            : <bdi>{item.text}</bdi>
          </>
        )}
      </span>
      <button type="button" class="quiet" aria-label="Don’t answer it" onClick={() => (replyingTo.value = null)}>
        <Icon of={X} size={16} />
      </button>
    </p>
  );
}
