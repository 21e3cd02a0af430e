/** The room's link in all its forms: to read, to copy, to share, to photograph. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Check, Copy, Share2 } from "lucide";
import { canShare, copyLink, shareLink, showLink } from "../actions/rooms.ts";
import { line, state } from "../actions/store.ts";
import type { RoomView } from "../protocol/wire.gen.ts";
import { isLoopback } from "../state/route.ts";
import { Icon } from "./icon.tsx";
import { Qr } from "./qr.tsx";

export function InviteLink({ room }: { room: RoomView }) {
  const link = state.value.links.get(room.id);
  const isOpen = line.value.phase === "open";
  useEffect(() => {
    if (isOpen) void showLink(room.id);
  }, [room.id, isOpen]);
  const large = useSignal(false);
  if (link === undefined) return <div class="invite-wait" />;
  return (
    <>
      <button
        type="button"
        class={large.value ? "qr-frame large" : "qr-frame"}
        aria-pressed={large.value}
        aria-label={large.value ? "Show the QR code smaller" : "Show the QR code larger"}
        onClick={() => (large.value = !large.value)}
      >
        <Qr text={link} label="QR code of the link" />
      </button>
      <div class="link-row">
        <input readOnly value={link} aria-label="The room’s link" onFocus={(event) => event.currentTarget.select()} />
        <CopyButton link={link} />
      </div>
      {canShare() && (
        <button type="button" class="button" onClick={() => void shareLink(room.name, link)}>
          <Icon of={Share2} size={16} />
          Share
        </button>
      )}
      {isLoopback(link) && (
        <p class="hint">
          Only this computer can open this link. To let others in, start Chinwag with <code>--host 0.0.0.0</code>, and open
          this page by this computer’s address in your network.
        </p>
      )}
    </>
  );
}

function CopyButton({ link }: { link: string }) {
  const copied = useSignal(false);
  async function copy(): Promise<void> {
    copied.value = await copyLink(link);
    setTimeout(() => {
      copied.value = false;
    }, 2000);
  }
  return (
    <button type="button" class="copy" onClick={copy}>
      <Icon of={copied.value ? Check : Copy} size={16} />
      <span aria-live="polite">{copied.value ? "Copied" : "Copy"}</span>
    </button>
  );
}
