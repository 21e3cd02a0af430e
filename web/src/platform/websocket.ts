/** The browser's WebSocket, as a connection wants it. */
import type { Dial } from "../net/transport.ts";

export const dial: Dial = ({ opened, received, closed }) => {
  const url = new URL("/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, "chinwag.1");
  socket.addEventListener("open", opened);
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") received(data);
  });
  const onClose = ({ code }: CloseEvent): void => closed(code);
  socket.addEventListener("close", onClose);
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    drop() {
      socket.removeEventListener("close", onClose);
      socket.close();
    },
  };
};
