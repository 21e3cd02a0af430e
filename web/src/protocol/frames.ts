/** Reads what the server sends. What this page does not know is passed over, as the contract asks. */
import type { Failure, Frame } from "./wire.gen.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "reply",
  "failure",
  "events",
  "people",
  "heads",
  "typing",
  "presence",
  "read",
  "room",
  "gone",
  "me",
  "notice",
]);

/** The frame in `text`, or null where it is none that this page knows. */
export function readFrame(text: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : null;
  return typeof type === "string" && KNOWN.has(type) ? (value as Frame) : null;
}

/** The server said no: `code` and sentence, and after how many seconds it may be tried again, if ever. */
export class Refusal extends Error {
  readonly code: string;
  readonly retryAfter: number | null;

  constructor({ code, message, retry_after }: Pick<Failure, "code" | "message" | "retry_after">) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.retryAfter = retry_after ?? null;
  }
}

/** No answer came: the command may have taken effect or not. */
export class Unanswered extends Error {
  constructor(message = "Chinwag cannot be reached.") {
    super(message);
    this.name = "Unanswered";
  }
}
