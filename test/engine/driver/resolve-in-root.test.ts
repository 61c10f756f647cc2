import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveInRoot } from "../../../src/engine/driver/bubblewrap/resolve-in-root.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  await mkdir(at("usr/bin"), { recursive: true });
  await mkdir(at("etc/alternatives"), { recursive: true });
  await writeFile(at("usr/bin/ruby3.1"), "");
  await symlink("usr/bin", at("bin"));
  await symlink("/etc/alternatives/ruby", at("usr/bin/ruby"));
  await symlink("../../usr/bin/ruby3.1", at("etc/alternatives/ruby"));
  await symlink("../../../../../../../usr/bin/ruby3.1", at("usr/bin/above"));
  await symlink("/usr/bin/env", at("usr/bin/of-the-host"));
  await symlink("self", at("usr/bin/self"));
});
afterAll(() => folder[Symbol.asyncDispose]());

describe("a path in a root", () => {
  it.each([
    ["/usr/bin/ruby3.1", "/usr/bin/ruby3.1"],
    ["/bin/ruby", "/usr/bin/ruby3.1"],
    ["/usr/bin/above", "/usr/bin/ruby3.1"],
    ["/", "/"],
  ])("%s is %s there, by whichever links", (path, found) => {
    expect(resolveInRoot(folder.path, path)?.path).toBe(found);
  });

  it.each(["/usr/bin/of-the-host", "/usr/bin/self", "/usr/bin/ruby/x", "/none"])(
    "%s is not there",
    (path) => {
      expect(resolveInRoot(folder.path, path)).toBeUndefined();
    },
  );
});
