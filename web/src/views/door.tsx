/** The front door: a name, a room, one button; under it the rooms that this browser is in. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { knownAs, startRoom } from "../actions/doors.ts";
import { sentenceOf } from "../actions/saying.ts";
import { me, rooms } from "../actions/store.ts";
import { suggestName, suggestRoom } from "../state/suggestions.ts";
import { Field } from "./field.tsx";
import { Frame } from "./frame.tsx";
import { RoomLink } from "./room-link.tsx";

export function Door() {
  const name = useSignal(suggestName(Math.random));
  const room = useSignal(suggestRoom(new Date().getDay(), Math.random));
  const busy = useSignal(false);
  const fault = useSignal<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  // At once: whoever opens the page and presses Enter is meant to be in a room.
  useLayoutEffect(() => first.current?.focus(), []);
  const known = me.value?.name ?? knownAs.value;

  async function start(event: Event): Promise<void> {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      await startRoom(room.value, known === null ? name.value : null);
    } catch (error) {
      fault.value = sentenceOf(error);
    } finally {
      busy.value = false;
    }
  }

  return (
    <Frame title="Open a room, share the link, talk">
      <form class="door-form" onSubmit={start}>
        {known === null && <Field label="Your name" value={name} field={first} maxLength={40} autoComplete="nickname" />}
        <Field label="Room" value={room} field={known === null ? undefined : first} maxLength={40} autoComplete="off" />
        {fault.value !== null && (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <button type="submit" class="button go" aria-disabled={busy.value}>
          Start a room
        </button>
        <p class="small">
          {known === null ? "No account. Whoever has the link is in." : <>You are <bdi class="strong">{known}</bdi> here.</>}
        </p>
      </form>
      <Rooms />
    </Frame>
  );
}

function Rooms() {
  if (rooms.value.length === 0) return null;
  return (
    <nav class="door-rooms" aria-labelledby="your-rooms">
      <h2 id="your-rooms">Your rooms</h2>
      <ul>
        {rooms.value.map((room) => (
          <li key={room.id}>
            <RoomLink room={room} />
          </li>
        ))}
      </ul>
    </nav>
  );
}
