/** The house: rooms at the side, one of them in view. */
import { useEffect } from "preact/hooks";
import { goToDoor } from "../actions/navigation.ts";
import { log, room, roomId, state } from "../actions/store.ts";
import { Composer } from "./composer.tsx";
import { Head } from "./head.tsx";
import { Here } from "./here.tsx";
import { LineSign } from "./line-sign.tsx";
import { Log } from "./log.tsx";
import { Sidebar } from "./sidebar.tsx";
import { drawer } from "./ui.ts";

const EDGE = 24;
const SWIPE = 60;

export function House() {
  useEffect(watchSwipes, []);
  return (
    <div class="house">
      <Sidebar />
      <Middle />
    </div>
  );
}

function Middle() {
  const id = roomId.value ?? "";
  const why = state.value.missing.get(id);
  const narrowed = drawer.value;
  if (why !== undefined) {
    return (
      <main class="middle" inert={narrowed}>
        <Head />
        <div class="missing">
          <h2>This room is not open to you</h2>
          <p role="alert">{why}</p>
          <Here class="button" path="/" go={goToDoor}>
            Start a room of your own
          </Here>
        </div>
        <LineSign />
      </main>
    );
  }
  return (
    <main class="middle" inert={narrowed}>
      <Head />
      <Log key={id} />
      <LineSign />
      {(room.value || log.value) && <Composer key={`c${id}`} id={id} />}
    </main>
  );
}

/** A swipe from the left edge pulls the drawer out. */
function watchSwipes(): () => void {
  let from: number | null = null;
  const start = (event: TouchEvent): void => {
    const x = event.touches[0]?.clientX ?? EDGE;
    from = x < EDGE ? x : null;
  };
  const end = (event: TouchEvent): void => {
    if (from !== null && (event.changedTouches[0]?.clientX ?? 0) - from > SWIPE) drawer.value = true;
    from = null;
  };
  document.addEventListener("touchstart", start, { passive: true });
  document.addEventListener("touchend", end, { passive: true });
  return () => {
    document.removeEventListener("touchstart", start);
    document.removeEventListener("touchend", end);
  };
}
