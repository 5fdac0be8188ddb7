// Keys go to the terminal from the start. textual.js makes it when the page is loaded, in a handler before this one.
window.addEventListener("load", () => document.querySelector(".xterm-helper-textarea")?.focus());
