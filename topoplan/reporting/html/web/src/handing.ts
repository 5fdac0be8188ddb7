// Handing something out of the page: files to save, text for the clipboard.

/** Saves a file; nothing leaves the machine. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Some browsers start reading only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A name for a file of this system, without anything a file system could mind. */
export function fileName(system: string, rest: string): string {
  const safe = system.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60);
  return `${safe || "topoplan"}-${rest}`;
}

export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** Pages opened from a disk may have no clipboard of their own. */
function copiedBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "off-screen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

export type Cell = string | number;

/** Rows as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe. */
export function csv(header: string[], rows: Cell[][]): string {
  return [header, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function csvCell(value: Cell): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as a Markdown table; what could mean anything to a renderer stands in a code span. */
export function markdown(header: string[], rows: Cell[][]): string {
  const line = (cells: Cell[]) => `| ${cells.map((cell) => markdownText(String(cell)).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), `|${header.map(() => " --- |").join("")}`, ...rows.map(line)].join("\n") + "\n";
}

/** A text as Markdown that shows it as it is: plain where it is words and figures only, else a code span. */
export function markdownText(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat === "" || /^(?:[\p{L}\p{N}]+(?:[-’'][\p{L}\p{N}]+)*[.,:;%]?|[→←·–%<>≥≤]+)(?: (?:[\p{L}\p{N}]+(?:[-’'][\p{L}\p{N}]+)*[.,:;%]?|[→←·–%]+))*$/u.test(flat)) {
    return flat.replace(/[<>]/g, "\\$&");
  }
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const edge = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${edge}${flat}${edge}${fence}`;
}
