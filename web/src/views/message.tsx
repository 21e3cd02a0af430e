/** A message as it is read: who, when, what, and what others make of it. */
import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { react } from "../actions/messages.ts";
import { fetchQuote, goal, lookUp } from "../actions/reading.ts";
import { log, me, nameOf, roomId } from "../actions/store.ts";
import type { MessageItem } from "../state/model.ts";
import { placeOf } from "../state/fold.ts";
import { listNames } from "../state/people.ts";
import { isToMe } from "../state/rooms.ts";
import { EditBox } from "./edit-box.tsx";
import { Face, Name, spokenName } from "./person.tsx";
import { Time } from "./time.tsx";
import { timeOf } from "../state/days.ts";
import { Tools } from "./tools.tsx";
import { active, editing } from "./ui.ts";
import { Words } from "./words.tsx";

export function MessageRow({ message, first }: { message: MessageItem; first: boolean }) {
  const { seq, by, at } = message;
  const isActive = useComputed(() => active.value === seq);
  const isEditing = useComputed(() => editing.value === seq);
  const isFound = useComputed(() => goal.value.to === seq);
  const toMe = isToMe(me.value, message);
  const kind = ["message", first ? "first" : "", toMe ? "to-me" : "", isFound.value ? "found" : ""].join(" ").trimEnd();
  return (
    <article
      class={kind}
      data-seq={seq}
      tabIndex={isActive.value ? 0 : -1}
      aria-label={`${spokenName(by)}, ${timeOf(at)}`}
      onPointerEnter={(event) => event.pointerType === "mouse" && (active.value = seq)}
      onFocusIn={() => (active.value = seq)}
    >
      <Who by={by} at={at} first={first} />
      <div class="body">
        {message.replyTo !== null && <Quote seq={message.replyTo} />}
        {isEditing.value && message.text !== null ? <EditBox seq={seq} text={message.text} /> : <Text message={message} />}
        {message.reactions.length > 0 && <Reactions message={message} />}
      </div>
      {isActive.value && !message.deleted && !isEditing.value && <Tools message={message} />}
    </article>
  );
}

/** The head of a group, or, within it, the time at the edge. */
export function Who({ by, at, first }: { by: string; at: number; first: boolean }) {
  if (!first) {
    return (
      <span class="edge">
        <Time at={at} />
      </span>
    );
  }
  return (
    <>
      <Face id={by} />
      <div class="who">
        <span class="name">
          <Name id={by} />
        </span>
        <Time at={at} />
      </div>
    </>
  );
}

function Text({ message }: { message: MessageItem }) {
  if (message.deleted || message.text === null) return <p class="deleted">This message was deleted.</p>;
  return (
    <>
      <Words text={message.text} />
      {message.editedAt !== null && <span class="edited"> (edited)</span>}
    </>
  );
}

function Quote({ seq }: { seq: number }) {
  const id = roomId.value;
  const held = log.value;
  const item = held?.items[placeOf(held.items, seq)];
  const quoted = item?.kind === "message" ? item : held?.quoted.get(seq);
  useEffect(() => {
    if (quoted === undefined && id !== null) void fetchQuote(id, seq);
  }, [quoted === undefined, id, seq]);
  return (
    <button type="button" class="quote" onClick={() => void lookUp(seq)}>
      {quoted ? (
        <>
          <bdi class="strong">{nameOf(quoted.by)}</bdi> <bdi>{quoted.text ?? "(deleted)"}</bdi>
        </>
      ) : (
        "An earlier message"
      )}
    </button>
  );
}

function Reactions({ message }: { message: MessageItem }) {
  const self = me.value?.id ?? "";
  return (
    <div class="reactions">
      {message.reactions.map(({ emoji, n, people }) => {
        const names = people.map((id) => (id === self ? "you" : spokenName(id)));
        const who = listNames(n > people.length ? [...names, `${n - people.length} more`] : names, 12);
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={people.includes(self)}
            aria-label={`${emoji} ${n} from ${who}`}
            title={who}
            onClick={() => void react(message, emoji)}
          >
            <span class="emoji">{emoji}</span> {n}
          </button>
        );
      })}
    </div>
  );
}
