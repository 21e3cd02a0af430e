/** All keys at a glance. */
import { enterSends } from "../actions/preferences.ts";
import { Dialog } from "./dialog.tsx";

const COMMAND = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

export function KeysSheet() {
  const [send, breakLine] = enterSends.value ? ["Enter", "Shift Enter"] : ["Shift Enter", "Enter"];
  const keys: readonly (readonly [string, string])[] = [
    [send ?? "", "Send"],
    [breakLine ?? "", "Break the line"],
    ["↑", "In an empty box: edit your last message"],
    ["Esc", "Leave what you were doing, back to the box"],
    [`${COMMAND} K`, "Go to a room"],
    ["Alt ↑ / Alt ↓", "Room above, room below"],
    ["Alt Shift ↑ / ↓", "Unread room above, below"],
    ["↑ ↓ Home End", "In the messages: from one to the next"],
    ["E", "Edit the message at hand"],
    ["R", "Reply to it"],
    ["+", "React to it"],
    ["?", "This sheet"],
  ];
  return (
    <Dialog title="Keys">
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">Letters and signs are keys outside the box; Esc leads out of it and back.</p>
    </Dialog>
  );
}
