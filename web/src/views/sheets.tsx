/** Draws the sheet that is open, if any. */
import { DeleteSheet } from "./delete-sheet.tsx";
import { EmojiSheet } from "./emoji-sheet.tsx";
import { InviteSheet } from "./invite-sheet.tsx";
import { KeysSheet } from "./keys-sheet.tsx";
import { MeSheet } from "./me-sheet.tsx";
import { PeopleSheet } from "./people-sheet.tsx";
import { ReactionsSheet } from "./reactions-sheet.tsx";
import { RoomSheet } from "./room-sheet.tsx";
import { SwitcherSheet } from "./switcher-sheet.tsx";
import { sheet } from "./ui.ts";

export function Sheets() {
  const open = sheet.value;
  switch (open?.kind) {
    case undefined:
      return null;
    case "invite":
      return <InviteSheet />;
    case "room":
      return <RoomSheet />;
    case "people":
      return <PeopleSheet />;
    case "me":
      return <MeSheet />;
    case "keys":
      return <KeysSheet />;
    case "switcher":
      return <SwitcherSheet />;
    case "reactions":
      return <ReactionsSheet seq={open.seq} />;
    case "delete":
      return <DeleteSheet seq={open.seq} />;
    case "emoji":
      return <EmojiSheet from={open.from} pick={open.pick} />;
    default:
      return open satisfies never;
  }
}
