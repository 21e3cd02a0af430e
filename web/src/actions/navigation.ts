/** Goes from view to view; the URL always says where one is. */
import { absolute, here, onMove, push, reload, replace } from "../platform/address.ts";
import type { Route } from "../state/model.ts";
import { pathOf, routeOf } from "../state/route.ts";
import { happen, state } from "./store.ts";

const listeners: ((route: Route, before: Route) => void)[] = [];

export function onRoute(then: (route: Route, before: Route) => void): void {
  listeners.push(then);
}

export function go(route: Route): void {
  if (pathOf(route) !== here().pathname + here().hash) push(pathOf(route));
  arrive(route);
}

/** As `go`, but *back* does not lead here again: the link that brought somebody in, for one. */
export function goInstead(route: Route): void {
  replace(pathOf(route));
  arrive(route);
}

export function goToRoom(room: string, seq: number | null = null): void {
  go({ view: "room", room, seq });
}

export function goToDoor(): void {
  go({ view: "door" });
}


export function permalink(room: string, seq: number): string {
  return absolute(pathOf({ view: "room", room, seq }));
}

/** Follow the URL that the page was loaded with, and the browser's *back* and *forward*. */
export function followAddress(): void {
  onMove(() => arrive(routeOf(here())));
  arrive(routeOf(here()));
}

function arrive(route: Route): void {
  const before = state.peek().route;
  happen({ type: "routed", route });
  for (const then of listeners) then(route, before);
}

export function reloadPage(): void {
  reload();
}
