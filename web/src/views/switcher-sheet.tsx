/** Goes to a room, or does something, by typing a part of its name. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { goToDoor, goToRoom } from "../actions/navigation.ts";
import { room, rooms } from "../actions/store.ts";
import { closeSheet, Dialog } from "./dialog.tsx";
import { sheet } from "./ui.ts";

interface Choice {
  id: string;
  name: string;
  hint: string;
  go: () => void;
}

export function SwitcherSheet() {
  const wanted = useSignal("");
  const at = useSignal(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const found = find(wanted.value);
  const chosen = Math.min(at.value, found.length - 1);

  function onKeyDown(event: KeyboardEvent): void {
    // Who types fast presses Enter before what they typed is drawn.
    const now = find(wanted.peek());
    const place = Math.min(at.peek(), now.length - 1);
    if (event.key === "Enter") choose(now[place]);
    else if (event.key === "ArrowDown") at.value = Math.min(now.length - 1, place + 1);
    else if (event.key === "ArrowUp") at.value = Math.max(0, place - 1);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title="Go to" class="switcher" bare>
      <input
        ref={field}
        class="switcher-field"
        role="combobox"
        aria-label="Go to a room, or do something"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={found[chosen] ? `choice-${chosen}` : undefined}
        placeholder="Go to…"
        autoComplete="off"
        value={wanted.value}
        onInput={(event) => {
          wanted.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="choices" class="choices" role="listbox" aria-label="Choices">
        {found.map((choice, place) => (
          <li
            key={choice.id}
            id={`choice-${place}`}
            role="option"
            aria-selected={place === chosen}
            class="choice"
            onPointerMove={() => (at.value = place)}
            onClick={() => choose(choice)}
          >
            <bdi>{choice.name}</bdi>
            <span class="soft">{choice.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="soft">Nothing is called that.</p>}
    </Dialog>
  );
}

function find(wanted: string): Choice[] {
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return choices().filter(({ name }) => words.every((word) => name.toLocaleLowerCase().includes(word)));
}

function choose(choice: Choice | undefined): void {
  if (!choice) return;
  closeSheet();
  choice.go();
}

function open(kind: "invite" | "room" | "me" | "keys"): () => void {
  return () => {
    sheet.value = { kind };
  };
}

function choices(): Choice[] {
  const places = rooms.value.map(({ id, name, unread }) => ({
    id,
    name,
    hint: unread > 0 ? `${unread} unread` : "",
    go: () => goToRoom(id),
  }));
  return [
    ...places,
    ...(room.value ? [{ id: "/invite", name: "Invite", hint: "to this room", go: open("invite") }] : []),
    ...(room.value ? [{ id: "/room", name: "Room settings", hint: "name, topic, leave", go: open("room") }] : []),
    { id: "/door", name: "Start a room", hint: "", go: goToDoor },
    { id: "/me", name: "Your name and settings", hint: "", go: open("me") },
    { id: "/keys", name: "Keys", hint: "?", go: open("keys") },
  ];
}
