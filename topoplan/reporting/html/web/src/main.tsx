// Starts the page: reads what is embedded, shows it, and says so in words when that cannot be done.
import { render } from "preact";
import { App } from "./app";
import { read } from "./data";

const root = document.getElementById("app");
if (root) {
  read().then(
    (data) => {
      root.textContent = "";
      render(<App data={data} />, root);
    },
    (error: unknown) => {
      const old = typeof DecompressionStream === "undefined";
      root.textContent = old
        ? "This browser is too old for this report: it needs Chromium 103, Firefox 113, Safari 16.4 or newer."
        : `This report cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    },
  );
}
