/** Finds in a message's plain text what is more than text: links, and names that are called. */
import { mentionsAt } from "./rooms.ts";

export type Piece = { kind: "text" | "mention"; text: string } | { kind: "link"; text: string; href: string };

const LINK = /\b(?:https?:\/\/|mailto:)[^\s<>"]+/giu;
const TRAILING: ReadonlySet<string> = new Set(".,;:!?'\"»”’…*_");
const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s*){1,6}$/v;

/** `text` in pieces, in order; joined they are `text` again. `name` is whose mentions are marked. */
export function piecesOf(text: string, name: string | null): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimLink(match[0]);
    const href = safeHref(link);
    if (href === null || match.index < from) continue;
    pieces.push(...mentionsIn(text.slice(from, match.index), name), { kind: "link", text: link, href });
    from = match.index + link.length;
  }
  pieces.push(...mentionsIn(text.slice(from), name));
  return pieces;
}

export function isEmojiOnly(text: string): boolean {
  return text.length < 80 && EMOJI_ONLY.test(text);
}

function mentionsIn(text: string, name: string | null): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const at of name ? mentionsAt(text, name) : []) {
    if (at < from) continue;
    const until = at + (name?.length ?? 0) + 1;
    if (at > from) pieces.push({ kind: "text", text: text.slice(from, at) });
    pieces.push({ kind: "mention", text: text.slice(at, until) });
    from = until;
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
}

/** Without the sentence's own signs at its end, and without a bracket that was opened before it. */
function trimLink(link: string): string {
  const closing = new Map([")", "]"].map((sign) => [sign, count(link, sign) - count(link, sign === ")" ? "(" : "[")]));
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link.charAt(end - 1);
    const unopened = closing.get(last) ?? 0;
    if (!TRAILING.has(last) && unopened <= 0) break;
    closing.set(last, unopened - 1);
  }
  return link.slice(0, end);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

function safeHref(link: string): string | null {
  try {
    const url = new URL(link);
    return ["http:", "https:", "mailto:"].includes(url.protocol) && url.href.length > "https://".length ? url.href : null;
  } catch {
    return null;
  }
}
