/**
 * One line that says what a tool was used on: the command, the path, the pattern. Harnesses name
 * their tools' arguments differently; these names cover the ones we run.
 *
 * @param input - What the harness gave the tool; untrusted.
 * @returns At most 200 characters, without line breaks; empty if nothing is worth saying.
 */
export function describeTool(input: unknown): string {
  if (typeof input === "string") return oneLine(input);
  if (input === null || typeof input !== "object") return "";
  const fields = input as Record<string, unknown>;
  for (const name of TELLING_FIELDS) {
    const value = fields[name];
    if (typeof value === "string" && value.trim() !== "") return oneLine(value);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
      return oneLine(value.join(" "));
    }
  }
  return "";
}

const TELLING_FIELDS = [
  "command",
  "cmd",
  "file_path",
  "filePath",
  "path",
  "pattern",
  "query",
  "url",
  "description",
];

const LONGEST = 200;

function oneLine(text: string): string {
  const line = text
    .slice(0, LONGEST * 4)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
