/** One row of the list: a day, the *New* line, what happened, a message. */
import { now } from "../actions/ticking.ts";
import { nameDay } from "../state/days.ts";
import type { Incident } from "../state/model.ts";
import { listNames } from "../state/people.ts";
import type { Row } from "../state/timeline.ts";
import { MessageRow } from "./message.tsx";
import { PendingRow } from "./pending.tsx";
import { Name, spokenName } from "./person.tsx";

export function RowView({ row }: { row: Row }) {
  switch (row.kind) {
    case "day":
      return (
        <div class="line">
          <span>{nameDay(row.at, now.value)}</span>
        </div>
      );
    case "new":
      return (
        <div class="line new-line">
          <span>New</span>
        </div>
      );
    case "founded":
      return (
        <p class="happened" data-seq={row.seq}>
          <Name id={row.by} /> started the room
        </p>
      );
    case "moves":
      return (
        <p class="happened" data-seq={row.seq}>
          {movesOf(row.joined, row.left)}
        </p>
      );
    case "incident":
      return (
        <p class="happened" data-seq={row.incident.seq}>
          <Name id={row.incident.by} /> {deedOf(row.incident)}
        </p>
      );
    case "message":
      return <MessageRow message={row.message} first={row.first} />;
    case "pending":
      return <PendingRow pending={row.pending} first={row.first} />;
    default:
      return row satisfies never;
  }
}

function movesOf(joined: readonly string[], left: readonly string[]): string {
  const parts = [
    joined.length > 0 ? `${listNames(joined.map(spokenName))} joined` : "",
    left.length > 0 ? `${listNames(left.map(spokenName))} left` : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

function deedOf(incident: Exclude<Incident, { kind: "joined" | "left" }>): string {
  switch (incident.kind) {
    case "titled":
      return `called the room ${incident.name}`;
    case "topic":
      return incident.topic === "" ? "took the topic away" : `set the topic: ${incident.topic}`;
    case "role":
      return `made ${spokenName(incident.person)} ${incident.role}`;
    default:
      return incident satisfies never;
  }
}
