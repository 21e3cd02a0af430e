import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    outDir: "../src/chinwag/page",
    emptyOutDir: true,
    // The oldest browsers that know `light-dark()`: older ones would get every colour twice.
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    // The polyfill would be a script in the page's text, which its CSP refuses.
    modulePreload: { polyfill: false },
    // A picture in the text of a script is one request less, but a `data:` URL that the CSP must allow.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    // `npm run dev` shows the page of a server that runs on this computer.
    proxy: {
      "/api": "http://127.0.0.1:2428",
      "/ws": { target: "ws://127.0.0.1:2428", ws: true },
    },
  },
  test: {
    include: ["src/**/*.test.ts", "tools/**/*.test.ts"],
    environment: "node",
  },
});
