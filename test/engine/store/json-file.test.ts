import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { JsonFile } from "../../../src/engine/store/json-file.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const Value = z.object({ n: z.number() });

it("keeps a value for the engine's user alone, and gives it back", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "value.json");
  const file = new JsonFile(path, Value);
  expect(await file.read()).toBeNull();
  await file.replace({ n: 1 });
  expect(await new JsonFile(path, Value).read()).toEqual({ n: 1 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await file.remove();
  expect(await file.read()).toBeNull();
});

it("ends with the newest of many replacements at once, and leaves no other file", async () => {
  await using folder = await temporaryFolder();
  const file = new JsonFile(join(folder.path, "value.json"), Value);
  await Promise.all(Array.from({ length: 50 }, (_, n) => file.replace({ n })));
  expect(await file.read()).toEqual({ n: 49 });
  expect(readdirSync(folder.path)).toEqual(["value.json"]);
});

it("has each replacement on the disk when it resolves", async () => {
  await using folder = await temporaryFolder();
  const file = new JsonFile(join(folder.path, "value.json"), Value);
  const seen = await Promise.all(
    [1, 2, 3, 4].map(async (n) => {
      await file.replace({ n });
      return (
        ((await new JsonFile(join(folder.path, "value.json"), Value).read()) ?? { n: 0 }).n >= n
      );
    }),
  );
  expect(seen).toEqual([true, true, true, true]);
});

it("removes what a replacement that was cut off has left", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "value.json");
  await new JsonFile(path, Value).replace({ n: 1 });
  const left = join(folder.path, ".value.json.new");
  writeFileSync(left, '{"n":');
  expect(await new JsonFile(path, Value).read()).toEqual({ n: 1 });
  expect(existsSync(left)).toBe(false);
});

it("rejects what is no such value, and a folder that is not there", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "value.json");
  writeFileSync(path, '{"n":"one"}');
  await expect(new JsonFile(path, Value).read()).rejects.toThrow(z.ZodError);
  const nowhere = new JsonFile(join(folder.path, "none", "value.json"), Value);
  await expect(nowhere.replace({ n: 1 })).rejects.toMatchObject({ code: "ENOENT" });
});
