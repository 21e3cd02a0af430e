import { expect, test } from "vitest";
import { isLoopback, pathOf, routeOf } from "./route.ts";

function route(path: string) {
  const [pathname = "", hash = ""] = path.split(/(?=#)/);
  return routeOf({ pathname, hash });
}

test("the URL is the view, and the view is the URL", () => {
  for (const path of ["/", "/join#KEY", "/room/4f", "/room/4f/42"]) expect(pathOf(route(path))).toBe(path);
  expect(route("/room/4f/42")).toEqual({ view: "room", room: "4f", seq: 42 });
});

test("what stands behind a dot in a link's fragment is not part of the key", () => {
  expect(route("/join#KEY.secret.more")).toEqual({ view: "join", key: "KEY" });
});

test.each(["/rooms", "/room", "/room/4f/0", "/room/4f/x", "/room/4f/42/7", "/join/KEY"])("%s leads nowhere", (path) => {
  expect(route(path)).toEqual({ view: "nowhere" });
});

test("a link to this computer alone is known as one", () => {
  const local = ["http://localhost:2428/join#K", "http://127.0.0.1/join#K", "http://[::1]:2428/join#K", "http://a.localhost/"];
  const others = ["http://192.0.2.7:2428/join#K", "https://127.0.0.1.example.org/", "http://lan.test/"];
  expect(local.every(isLoopback)).toBe(true);
  expect(others.some(isLoopback)).toBe(false);
});
