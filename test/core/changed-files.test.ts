import { expect, it } from "vitest";
import { parseChanges } from "../../src/core/changed-files.ts";

const raw = (letter: string, ...paths: string[]) =>
  `:100644 100644 aaaaaaa bbbbbbb ${letter}\0${paths.map((path) => `${path}\0`).join("")}`;
const counts = (added: string, deleted: string, ...paths: string[]) =>
  paths.length === 1
    ? `${added}\t${deleted}\t${paths[0]}\0`
    : `${added}\t${deleted}\t\0${paths.map((path) => `${path}\0`).join("")}`;

it("reads every kind of change with its lines", () => {
  const output = [
    raw("A", "new.txt"),
    raw("D", "old.txt"),
    raw("M", "image.png"),
    raw("R087", "from.txt", "to.txt"),
    raw("T", "link"),
    counts("3", "0", "new.txt"),
    counts("0", "2", "old.txt"),
    counts("-", "-", "image.png"),
    counts("1", "1", "from.txt", "to.txt"),
    counts("1", "4", "link"),
  ].join("");
  expect(parseChanges(output)).toEqual([
    { path: "new.txt", status: "added", added: 3, deleted: 0 },
    { path: "old.txt", status: "deleted", added: 0, deleted: 2 },
    { path: "image.png", status: "modified", added: null, deleted: null },
    { path: "to.txt", from: "from.txt", status: "renamed", added: 1, deleted: 1 },
    { path: "link", status: "type-changed", added: 1, deleted: 4 },
  ]);
});

it.each(["with space.txt", "line\nbreak", "tab\there", "-dash", 'quo"te', "日本語", ":colon"])(
  "takes a path as it is: %j",
  (path) => {
    const output = raw("M", path) + raw("A", "z") + counts("1", "2", path) + counts("5", "0", "z");
    expect(parseChanges(output)).toEqual([
      { path, status: "modified", added: 1, deleted: 2 },
      { path: "z", status: "added", added: 5, deleted: 0 },
    ]);
  },
);

it("reads nothing from nothing", () => {
  expect(parseChanges("")).toEqual([]);
});
