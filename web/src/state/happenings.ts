/** Everything that can change what the page knows. */
import type { History, Myself, Opened, PersonView, Push, Welcome } from "../protocol/wire.gen.ts";
import type { LineState, Pending, Route } from "./model.ts";

export type Happening =
  /** The URL leads elsewhere. */
  | { type: "routed"; route: Route }
  | { type: "line_changed"; line: LineState }
  | { type: "welcomed"; welcome: Welcome }
  | { type: "told_myself"; myself: Myself }
  | { type: "named"; me: PersonView }
  | { type: "pushed"; push: Push }
  /**
   * A room is open on the socket. `visit`: somebody came to read it, rather than the line coming back. `landing`: the
   * page to begin with is still to come.
   */
  | { type: "room_opened"; opened: Opened; visit: boolean; landing: boolean }
  | { type: "landing_begun"; room: string }
  | { type: "landing_ended"; room: string }
  | { type: "page_read"; room: string; place: "around" | "before" | "after"; page: History }
  | { type: "quote_read"; room: string; seq: number; page: History }
  | { type: "read_up_to"; room: string; seq: number }
  | { type: "link_shown"; room: string; link: string }
  | { type: "room_missing"; room: string; why: string }
  | { type: "room_left"; room: string }
  /** The queue of messages on their way, as it stands. */
  | { type: "queued"; entries: readonly Omit<Pending, "seq">[] }
  | { type: "sent"; cmid: string; seq: number }
  | { type: "scrolled"; atNewest: boolean }
  | { type: "woke" }
  | { type: "dozed" }
  | { type: "said"; text: string; tone: "calm" | "bad" }
  | { type: "hushed" }
  | { type: "forgotten" };
