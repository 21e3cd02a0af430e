/** The URL is the view: reads it, and writes it. */
import type { Route } from "./model.ts";

export function routeOf({ pathname, hash }: { pathname: string; hash: string }): Route {
  const [place, id, seq, ...rest] = pathname.split("/").filter(Boolean);
  if (place === undefined) return { view: "door" };
  if (place === "join" && id === undefined) return { view: "join", key: keyOf(hash) };
  if (place !== "room" || id === undefined || rest.length > 0) return { view: "nowhere" };
  if (seq === undefined) return { view: "room", room: id, seq: null };
  return /^[1-9]\d{0,15}$/.test(seq) ? { view: "room", room: id, seq: Number(seq) } : { view: "nowhere" };
}

/** What stands behind a dot in the fragment never leaves this page. */
function keyOf(hash: string): string {
  return hash.replace(/^#/, "").split(".", 1)[0] ?? "";
}

export function pathOf(route: Route): string {
  switch (route.view) {
    case "room":
      return route.seq === null ? `/room/${route.room}` : `/room/${route.room}/${route.seq}`;
    case "join":
      return `/join#${route.key}`;
    case "door":
    case "nowhere":
      return "/";
    default:
      route satisfies never;
      return "/";
  }
}

/** Whether a link leads to the computer on which it is opened. */
export function isLoopback(link: string): boolean {
  const host = /^https?:\/\/(\[[^\]]*\]|[^/:?#]*)/i.exec(link)?.[1]?.toLowerCase() ?? "";
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
