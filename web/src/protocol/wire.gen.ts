/** What goes over the wire. `make generate` writes it from the server's structs. */

export type Role = "owner" | "moderator" | "member" | "reader";

// Commands

/**
 * Say who speaks: the first command of every socket.
 *
 * `token` is a guest's own; without one, and without cookie or `Authorization`, a
 * program becomes a new guest called `name`.
 */
export interface Hello {
  type: "hello";
  id: number;
  token?: string | null;
  name?: string | null;
}

/** Tell once more what `hello` told. */
export interface AskMe {
  type: "me";
  id: number;
}

/** Found a room and open it here. The same `cmid` again is the same room. */
export interface StartRoom {
  type: "start_room";
  id: number;
  name?: string | null;
  cmid?: string | null;
}

/** Show the room's standing link; with `replace` end it and make a new one. */
export interface ShowLink {
  type: "show_link";
  id: number;
  room: string;
  replace?: boolean;
}

/** Tell where a link leads. Changes nothing, uses nothing up. */
export interface LookAtLink {
  type: "look_at_link";
  id: number;
  key: string;
}

/**
 * Come in by a link, and open the room here; for a member it only opens.
 *
 * `after`, `at` and `most` as for `open_room`.
 */
export interface JoinRoom {
  type: "join_room";
  id: number;
  key: string;
  after?: number | null;
  at?: number | null;
  most?: number;
}

/**
 * Send the room's events: those after `after`, or else the newest 50, then live.
 *
 * `at` is the time of the event at `after`. More than `most` behind, the newest 50
 * are sent instead, with `reset`.
 */
export interface OpenRoom {
  type: "open_room";
  id: number;
  room: string;
  after?: number | null;
  at?: number | null;
  most?: number;
}

/** Send no more of this room's events here. It is not leaving. */
export interface CloseRoom {
  type: "close_room";
  id: number;
  room: string;
}

/** Be no longer a member. */
export interface LeaveRoom {
  type: "leave_room";
  id: number;
  room: string;
}

/** Read a page of the log: `before`, `after` or `around` a `seq`. */
export interface AskHistory {
  type: "history";
  id: number;
  room: string;
  before?: number | null;
  after?: number | null;
  around?: number | null;
  limit?: number;
}

/**
 * Say something. `cmid` is your own id of the message: again is the same message.
 *
 * `behind` is the `cmid` of a message of yours that must already be in the log.
 */
export interface PostMessage {
  type: "post_message";
  id: number;
  room: string;
  cmid: string;
  text: string;
  reply_to?: number | null;
  behind?: string | null;
}

/** Give your message another text. */
export interface EditMessage {
  type: "edit_message";
  id: number;
  room: string;
  seq: number;
  text: string;
}

/** Take the text of a message away for good. */
export interface DeleteMessage {
  type: "delete_message";
  id: number;
  room: string;
  seq: number;
}

/** Put an emoji under a message, or take yours back. */
export interface React {
  type: "react";
  id: number;
  room: string;
  seq: number;
  emoji: string;
  on: boolean;
}

/** You have read up to `seq`; back only with `unread`. */
export interface MarkRead {
  type: "mark_read";
  id: number;
  room: string;
  seq: number;
  unread?: boolean;
}

/** You type, or no longer do. Repeat every 3 s; it lapses after 6. */
export interface SetTyping {
  type: "set_typing";
  id: number;
  room: string;
  on: boolean;
}

/** Be called `name` from now on. */
export interface RenameMe {
  type: "rename_me";
  id: number;
  name: string;
}

/** Call the room `name`. */
export interface RenameRoom {
  type: "rename_room";
  id: number;
  room: string;
  name: string;
}

/** Say what the room is about; empty: nothing in particular. */
export interface SetTopic {
  type: "set_topic";
  id: number;
  room: string;
  topic: string;
}

/** Are you there? */
export interface Ping {
  type: "ping";
  id: number;
}

export type AnyCommand =
  | Hello
  | AskMe
  | StartRoom
  | ShowLink
  | LookAtLink
  | JoinRoom
  | OpenRoom
  | CloseRoom
  | LeaveRoom
  | AskHistory
  | PostMessage
  | EditMessage
  | DeleteMessage
  | React
  | MarkRead
  | SetTyping
  | RenameMe
  | RenameRoom
  | SetTopic
  | Ping;

// What commands are answered with

/** Who you are. */
export interface Me {
  id: string;
  name: string;
  guest: boolean;
}

/**
 * A room of yours.
 *
 * `messages` counts all messages of its log, `unread` those after `read`: what of
 * a later `messages` is above `messages - unread` is unread.
 */
export interface RoomView {
  id: string;
  name: string;
  topic: string;
  kind: string;
  head: number;
  role: Role;
  read: number;
  members: number;
  messages: number;
  unread: number;
}

/**
 * What this server is and takes.
 *
 * `max_text` in code points, `max_frame` in bytes, `heartbeat` in seconds.
 */
export interface ServerView {
  version: string;
  max_text: number;
  max_frame: number;
  heartbeat: number;
}

/** Who you are, your rooms, and the server's limits. */
export interface Welcome {
  me: Me;
  version: number;
  rooms: RoomView[];
  epoch: string;
  server: ServerView;
  token?: string | null;
}

/** What `hello` told, as it is now. */
export interface Myself {
  me: Me;
  version: number;
  rooms: RoomView[];
}

/** Your new room, open on this socket, and the link that brings others in. */
export interface Started {
  room: RoomView;
  head: number;
  from: number;
  key: string;
  link: string;
  version?: number | null;
  me?: Me | null;
  token?: string | null;
}

/** The room's standing link and the key in it. */
export interface LinkShown {
  key: string;
  link: string;
}

/** A room as its link shows it to somebody outside. */
export interface LookedAtRoom {
  name: string;
  topic: string;
  members: number;
}

/** Where a link leads, and up to five names of who is there. */
export interface LookedAt {
  room: LookedAtRoom;
  here: string[];
}

/**
 * The room is open on this socket: events from `from` on follow.
 *
 * `reset` tells to forget the room's events that the client holds. `version` is there
 * where it changed. `me` and `token` are there for a guest who was just made.
 */
export interface Opened {
  room: RoomView;
  head: number;
  from: number;
  reset: boolean;
  version?: number | null;
  me?: Me | null;
  token?: string | null;
}

/** The room is no longer open on this socket. */
export type Closed = Record<string, never>;

/** You are no longer a member. */
export interface Departed {
  version: number;
}

/** A page of the log as it stands at `head`; `more` beyond it in that direction. */
export interface History {
  events: Event[];
  people: PersonView[];
  head: number;
  more: boolean;
}

/** The message is on disk at `seq`, for ever. */
export interface Posted {
  seq: number;
  at: number;
  duplicate: boolean;
}

/** The `seq` of the change. */
export interface Changed {
  seq: number;
}

/** The `seq` of the change, or null if nothing changed. */
export interface ReactionSet {
  seq: number | null;
}

/** It is done, and there is nothing to add. */
export type Done = Record<string, never>;

/** You, under your new name. */
export interface Renamed {
  me: Me;
  version: number;
}

/** Which result answers which command. */
export interface Results {
  hello: Welcome;
  me: Myself;
  start_room: Started;
  show_link: LinkShown;
  look_at_link: LookedAt;
  join_room: Opened;
  open_room: Opened;
  close_room: Closed;
  leave_room: Departed;
  history: History;
  post_message: Posted;
  edit_message: Changed;
  delete_message: Changed;
  react: ReactionSet;
  mark_read: Done;
  set_typing: Done;
  rename_me: Renamed;
  rename_room: Changed;
  set_topic: Changed;
  ping: Done;
}

// Events of a room

/** What every event has: its place in the log, when it happened, and who did it. */
interface Happened {
  seq: number;
  at: number;
  by: string;
}

/** One emoji under a message: how many gave it, and who the first 50 were. */
export interface Reaction {
  emoji: string;
  n: number;
  people: string[];
}

/**
 * Somebody said something.
 *
 * `text` is null once the message is deleted. `edited_at`, `reactions`, `deleted`
 * and `changed` (the `seq` of the newest change folded in) stand only in what is
 * read from the log, never in a live event.
 */
export interface Message extends Happened {
  kind: "message";
  cmid: string;
  text: string | null;
  reply_to?: number | null;
  edited_at?: number | null;
  reactions?: Reaction[];
  deleted?: boolean;
  changed?: number | null;
}

/**
 * The author gave the message at `target` another text.
 *
 * `text` is null once that message is deleted.
 */
export interface Edited extends Happened {
  kind: "edited";
  target: number;
  text: string | null;
}

/** The message at `target` lost its text for good. */
export interface Deleted extends Happened {
  kind: "deleted";
  target: number;
}

/** Somebody put an emoji under the message at `target`, or took it back. */
export interface Reacted extends Happened {
  kind: "reacted";
  target: number;
  emoji: string;
  on: boolean;
}

/** Somebody came into the room. The founder's is the room's first event. */
export interface Joined extends Happened {
  kind: "joined";
}

/** Somebody left. They are told nothing after it. */
export interface Left extends Happened {
  kind: "left";
}

/** The room got another name. */
export interface Titled extends Happened {
  kind: "titled";
  name: string;
}

/** The room got another topic. */
export interface TopicSet extends Happened {
  kind: "topic";
  topic: string;
}

/** `person` may do more, or less, than before. */
export interface RoleGiven extends Happened {
  kind: "role";
  person: string;
  role: Role;
}

/** The message at `target` was pinned, or is no longer. */
export interface Pinned extends Happened {
  kind: "pinned";
  target: number;
  on: boolean;
}

export type Event = Message | Edited | Deleted | Reacted | Joined | Left | Titled | TopicSet | RoleGiven | Pinned;

// Frames from the server

/** A command's answer when it went well. */
export interface Reply {
  type: "reply";
  id: number;
  result: unknown;
}

/**
 * A command's answer when it was refused: nothing has changed.
 *
 * `retry_after` in seconds, where trying again helps. `id` is null when the
 * command's could not be read.
 */
export interface Failure {
  type: "failure";
  id: number | null;
  code: string;
  message: string;
  retry_after: number | null;
}

/** Somebody whom a frame mentions. */
export interface PersonView {
  id: string;
  name: string;
}

/** Somebody in an open room changed their name. */
export interface People {
  type: "people";
  people: PersonView[];
}

/**
 * Rooms of yours that are not open here moved on; at most once a second.
 *
 * `messages` counts the messages of each log; `titles` holds the name and topic of
 * rooms where they changed.
 */
export interface Heads {
  type: "heads";
  heads: Record<string, number>;
  messages: Record<string, number>;
  titles?: Record<string, [string, string]>;
}

/** Who types in an open room: the whole set, and their names. */
export interface Typing {
  type: "typing";
  room: string;
  people: string[];
  names?: PersonView[];
}

/**
 * Who is here: first everybody, then who came and who went.
 *
 * `people` names those who came.
 */
export interface Presence {
  type: "presence";
  room: string;
  here: number;
  joined: string[];
  left: string[];
  people?: PersonView[];
}

/** You have read up to `seq` on another device. */
export interface Read {
  type: "read";
  room: string;
  seq: number;
}

/** A room of yours appeared or changed. A gap in `version`: ask `me`. */
export interface RoomChanged {
  type: "room";
  version: number;
  room: RoomView;
}

/** A room is no longer yours. */
export interface RoomGone {
  type: "gone";
  version: number;
  room: string;
}

/** You have another name; with `rooms`: you missed pushes, and this is all. */
export interface MeChanged {
  type: "me";
  version: number;
  me: Me;
  rooms?: RoomView[] | null;
}

/** Something that people should know. */
export interface Notice {
  type: "notice";
  code: "restarting";
  message: string;
}

/** What happened in an open room, in order. `people` names everybody in it. */
export interface Events {
  type: "events";
  room: string;
  from: number;
  events: Event[];
  people: PersonView[];
}

export type Push = Events | People | Heads | Typing | Presence | Read | RoomChanged | RoomGone | MeChanged | Notice;

export type Frame = Reply | Failure | Push;