/** Sets the page going: what it watches, and where it begins. */
import { isAwake, onAwakeChange } from "../platform/awake.ts";
import { canKeep } from "../platform/keep.ts";
import { askWhoIAm, startDoors } from "./doors.ts";
import { connect, watchForWaking } from "./line.ts";
import { followAddress, onRoute } from "./navigation.ts";
import { startOutbox } from "./outbox.ts";
import { startReading } from "./reading.ts";
import { say } from "./saying.ts";
import { happen } from "./store.ts";

export function begin(): void {
  startDoors();
  startReading();
  startOutbox();
  watchForWaking();
  watchAwake();
  if (!canKeep()) {
    say("This browser blocks what pages keep: don’t close the tab before all is sent. Drafts are lost on reload.", "bad");
  }
  // Nobody has a line before there is somebody to speak: the doors make do with single requests.
  onRoute((route) => {
    if (route.view === "room") connect();
    else void askWhoIAm();
  });
  followAddress();
}

function watchAwake(): void {
  onAwakeChange(tellAwake);
  tellAwake(isAwake());
}

function tellAwake(awake: boolean): void {
  happen({ type: awake ? "woke" : "dozed" });
}
