/** Starts the page. */
import { render } from "preact";
import { begin } from "./actions/begin.ts";
import "./styles/index.css";
import { App } from "./views/app.tsx";

const page = document.querySelector("#page");
if (page) {
  begin();
  render(<App />, page);
}
