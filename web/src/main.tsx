/** Starts the page. */
import { options, render } from "preact";
import { begin } from "./actions/begin.ts";
import "./styles/index.css";
import { App } from "./views/app.tsx";

/** A page in the background gets no frames, and has to be drawn all the same. */
const LATEST = 100;

// However much comes, drawing once a frame is enough: nobody sees more.
options.debounceRendering = (draw) => {
  const once = (): void => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    draw();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, LATEST);
};

const page = document.querySelector("#page");
if (page) {
  begin();
  render(<App />, page);
}
