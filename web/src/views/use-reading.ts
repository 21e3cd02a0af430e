/** Ties the list of messages to the reader: brings them where they want to be, keeps them there, and turns pages. */
import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { goal, loadNewer, loadOlder, markSeen } from "../actions/reading.ts";
import { awake, happen, log, state } from "../actions/store.ts";
import { Scroller } from "./scrolling.ts";

/** So near to an end of what is held, the next page is fetched. */
const FETCH_AT = 800;
/** The *New* line stands so far below the top, so that what came before it can be seen. */
const NEW_LINE_AT = 72;

type Box = RefObject<HTMLElement | null>;

/** `ready`: what the list holds may be seen. The result is for whenever the reader scrolled. */
export function useReading(box: Box, list: Box, ready: boolean): () => void {
  const scroller = useRef<Scroller>(null);
  const reached = useRef(0);
  const wish = goal.value;

  function look(): void {
    const held = log.peek();
    if (!held || !scroller.current || reached.current !== goal.peek().n) return;
    const place = scroller.current.look();
    const atNewest = place.atEnd && held.attached;
    if (atNewest !== state.peek().atNewest) happen({ type: "scrolled", atNewest });
    markSeen(atNewest ? held.told : place.seen);
    if (place.above < FETCH_AT) void loadOlder();
    if (place.below < FETCH_AT) void loadNewer();
  }

  useLayoutEffect(() => {
    if (!box.current || !list.current) return () => {};
    const keeper = new Scroller(box.current, list.current);
    scroller.current = keeper;
    const watch = new ResizeObserver(() => keeper.hold());
    watch.observe(box.current);
    watch.observe(list.current);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    const keeper = scroller.current;
    if (!keeper || !ready) return;
    keeper.mayStick = log.peek()?.attached ?? true;
    if (reached.current === wish.n) keeper.hold();
    else if (list.current) aim(keeper, list.current, wish.to);
    reached.current = wish.n;
    look();
  });

  useSignalEffect(() => {
    // Coming back to the page is seeing what is on the screen.
    if (awake.value) requestAnimationFrame(look);
  });
  return look;
}

/** Scroll to where the reader wants to be, as far as that is in the page. */
function aim(keeper: Scroller, list: HTMLElement, to: "newest" | "start" | number): void {
  const wanted = to === "start" ? list.querySelector<HTMLElement>(".new-line") : null;
  const named = typeof to === "number" ? list.querySelector<HTMLElement>(`[data-seq="${to}"]`) : null;
  if (wanted) keeper.to(wanted, NEW_LINE_AT);
  else if (named) keeper.to(named, innerHeight / 3);
  else keeper.toEnd();
}
