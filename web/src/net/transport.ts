/** What a connection needs of a socket; the browser's WebSocket is one, tests have another. */

export interface Socket {
  send(text: string): void;
  /** Hang up. `closed` is not called for it. */
  drop(): void;
}

export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  /** `code` as in RFC 6455 and the contract's 4000–4999; 1006 where nobody said why. */
  closed(code: number): void;
}

export type Dial = (events: SocketEvents) => Socket;
