/** The rooms, and who one is. On a narrow screen it is a drawer. */
import { useEffect, useRef } from "preact/hooks";
import { Ellipsis, Plus } from "lucide";
import { goToDoor } from "../actions/navigation.ts";
import { me, rooms } from "../actions/store.ts";
import { Here } from "./here.tsx";
import { Icon, Mark } from "./icon.tsx";
import { Face } from "./person.tsx";
import { RoomLink } from "./room-link.tsx";
import { drawer, sheet } from "./ui.ts";

const SWIPE = 60;

export function Sidebar() {
  const side = useRef<HTMLElement>(null);
  const begun = useRef(0);
  const open = drawer.value;
  useEffect(() => {
    if (open) side.current?.querySelector<HTMLElement>("[aria-current], a")?.focus();
  }, [open]);
  return (
    <>
      {open && <div class="scrim" onClick={() => (drawer.value = false)} />}
      <nav
        ref={side}
        id="side"
        class={open ? "side open" : "side"}
        aria-label="Rooms"
        onTouchStart={(event) => (begun.current = event.touches[0]?.clientX ?? 0)}
        onTouchEnd={(event) => {
          if (begun.current - (event.changedTouches[0]?.clientX ?? 0) > SWIPE) drawer.value = false;
        }}
      >
        <div class="side-head">
          <Here class="brand" path="/" go={goToDoor}>
            <Mark size={22} />
            chinwag
          </Here>
          <Here class="quiet" path="/" go={goToDoor} label="Start a room">
            <Icon of={Plus} />
          </Here>
        </div>
        <ul class="rooms">
          {rooms.value.map((room) => (
            <li key={room.id}>
              <RoomLink room={room} />
            </li>
          ))}
        </ul>
        <Self />
      </nav>
    </>
  );
}

function Self() {
  const self = me.value;
  if (!self) return null;
  return (
    <button
      type="button"
      class="self"
      aria-label={`${self.name}: your name and settings`}
      onClick={() => (sheet.value = { kind: "me" })}
    >
      <Face id={self.id} name={self.name} small />
      <bdi class="self-name">{self.name}</bdi>
      <Icon of={Ellipsis} />
    </button>
  );
}
