// A room on node's ws, each member sent to in turn: `node ws_server.js PORT`.
"use strict";
const { WebSocketServer } = require("ws");

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false });

server.on("connection", (connection) => {
  let members = null;
  let name = "";
  connection.on("message", (data) => {
    const said = JSON.parse(data);
    if (members === null) {
      name = said.name;
      if (!rooms.has(said.room)) rooms.set(said.room, new Set());
      members = rooms.get(said.room);
      members.add(connection);
      connection.send(JSON.stringify({ type: "joined" }));
      return;
    }
    const message = Buffer.from(JSON.stringify({ type: "message", by: name, text: said.text }));
    for (const member of members) member.send(message, { binary: false });
  });
});
