/** One sentence at the foot of the page, for a while. */
import { X } from "lucide";
import { hush } from "../actions/saying.ts";
import { state } from "../actions/store.ts";
import { Icon } from "./icon.tsx";

export function SayingLine() {
  const { saying } = state.value;
  return (
    <div class="saying" role={saying?.tone === "bad" ? "alert" : "status"}>
      {saying && (
        <p key={saying.n} class={saying.tone === "bad" ? "said bad" : "said"}>
          {saying.text}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={hush}>
            <Icon of={X} size={16} />
          </button>
        </p>
      )}
    </div>
  );
}
