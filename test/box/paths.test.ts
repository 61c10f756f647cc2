import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolvePath, toFolder, WORKSPACE } from "../../src/box/paths.ts";

describe("resolvePath", () => {
  it.each([
    ["src", "/workspace/home/src"],
    ["./src//a/.", "/workspace/home/src/a"],
    ["..", "/workspace"],
    ["../../../../etc", "/etc"],
    ["/tmp/../work/", "/work"],
    [".", "/workspace/home"],
    ["", "/workspace/home"],
  ])("sees %j from the workspace as %j", (path, expected) => {
    expect(resolvePath(WORKSPACE, path)).toBe(expected);
  });

  it("always gives an absolute path that it leaves alone the second time", () => {
    const part = fc.constantFrom("a", "b c", "..", ".", "", "ü");
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = resolvePath(WORKSPACE, parts.join("/"));
        expect(path).toMatch(/^\//);
        expect(path.split("/")).not.toContain("..");
        expect(resolvePath("/elsewhere", path)).toBe(path);
      }),
    );
  });
});

describe("toFolder", () => {
  it.each([
    ["/workspace/home", undefined],
    ["/workspace/home/a/b", "a/b"],
    ["/workspace/homer", "/workspace/homer"],
    ["/workspace", "/workspace"],
    ["/", "/"],
  ])("sends %j as %j", (path, expected) => {
    expect(toFolder(path)).toBe(expected);
  });
});
