// A room on Socket.IO, each message by `io.to(room).emit`: `node socketio_server.js PORT`.
"use strict";
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
  const { room, name } = socket.handshake.auth;
  socket.join(room);
  socket.emit("joined", { room });
  socket.on("message", (said) => io.to(room).emit("message", { by: name, text: said.text }));
});
http.listen(Number(process.argv[2]), "127.0.0.1");
