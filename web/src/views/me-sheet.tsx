/** One's own name, how Enter behaves, and being forgotten on this computer. */
import { forgetMe } from "../actions/doors.ts";
import { enterSends, setEnterSends } from "../actions/preferences.ts";
import { renameMe } from "../actions/rooms.ts";
import { attempt } from "../actions/saying.ts";
import { me } from "../actions/store.ts";
import { closeSheet, Dialog } from "./dialog.tsx";
import { LineForm } from "./line-form.tsx";
import { Twice } from "./twice.tsx";
import { isTouch, sheet } from "./ui.ts";

export function MeSheet() {
  const self = me.value;
  if (!self) return null;
  return (
    <Dialog title="You">
      <LineForm label="Your name" value={self.name} maxLength={40} save={renameMe} />
      {!isTouch() && (
        <label class="check">
          <input
            type="checkbox"
            checked={enterSends.value}
            onChange={(event) => setEnterSends(event.currentTarget.checked)}
          />
          <span>
            Enter sends, Shift+Enter breaks the line
            <span class="soft">Off, it is the other way round.</span>
          </span>
        </label>
      )}
      <button type="button" class="button" onClick={() => (sheet.value = { kind: "keys" })}>
        Keys
      </button>
      <Twice
        label="Forget me on this computer"
        question="You lose your rooms here, and nobody else is you: there is no way back into this name. What you wrote stays."
        yes="Forget me"
        act={() =>
          attempt(async () => {
            closeSheet();
            await forgetMe();
          })
        }
      />
    </Dialog>
  );
}
