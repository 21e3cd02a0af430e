/** A message's text. It stays text: pieces become elements, never markup. */
import type { JSX } from "preact";
import { me } from "../actions/store.ts";
import type { Piece } from "../state/text.ts";
import { isEmojiOnly, piecesOf } from "../state/text.ts";

export function Words({ text }: { text: string }) {
  return (
    <span class={isEmojiOnly(text) ? "words big" : "words"} dir="auto">
      {piecesOf(text, me.value?.name ?? null).map(drawPiece)}
    </span>
  );
}

function drawPiece(piece: Piece, at: number): JSX.Element | string {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "mention":
      return (
        <mark key={at} class="mention">
          {piece.text}
        </mark>
      );
    case "link":
      return (
        <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
      );
    default:
      return piece satisfies never;
  }
}
