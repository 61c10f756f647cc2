import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppendLog, type AppendLogOptions } from "../../../src/engine/store/append-log.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const Entry = z.object({ n: z.number() });

async function aLog(options: AppendLogOptions = {}) {
  const folder = await temporaryFolder();
  const path = join(folder.path, "entries.jsonl");
  return {
    path,
    folder: folder.path,
    log: new AppendLog(path, Entry, options),
    again: () => new AppendLog(path, Entry, options),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ n: from + index }));

describe("a log", () => {
  it("gives back what was appended, in order, by offset and limit, also to a later reader", async () => {
    await using at = await aLog();
    expect(await at.log.read()).toEqual([]);
    for (const entry of numbers(0, 10)) at.log.append(entry);
    expect(await at.log.read()).toEqual(numbers(0, 10));
    expect(await at.log.read({ offset: 3, limit: 2 })).toEqual(numbers(3, 5));
    expect(await at.log.read({ offset: 10 })).toEqual([]);
    expect(await at.again().read({ limit: 1 })).toEqual([{ n: 0 }]);
    expect(statSync(at.path).mode & 0o777).toBe(0o600);
  });

  it("writes by itself, without being asked", async () => {
    await using at = await aLog();
    at.log.append({ n: 1 });
    await expect.poll(() => at.again().read()).toEqual([{ n: 1 }]);
  });

  it("writes an object once that was changed before it was written", async () => {
    await using at = await aLog();
    const entry = { n: 1 };
    at.log.append(entry);
    entry.n = 2;
    at.log.append(entry);
    expect(await at.log.read()).toEqual([{ n: 2 }]);
  });

  it("ignores the half of a line that a crash has left, and goes on after it", async () => {
    await using at = await aLog();
    at.log.append({ n: 1 });
    await at.log.close();
    appendFileSync(at.path, '{"n":2');
    const log = at.again();
    expect(await log.read()).toEqual([{ n: 1 }]);
    log.append({ n: 3 });
    expect(await log.read()).toEqual([{ n: 1 }, { n: 3 }]);
    expect(readFileSync(at.path, "utf8")).toBe('{"n":1}\n{"n":3}\n');
  });

  it("skips lines that are no entries", async () => {
    await using at = await aLog();
    appendFileSync(at.path, 'words\n{"n":"one"}\n{"n":1}\n');
    expect(await at.log.read()).toEqual([{ n: 1 }]);
  });

  it("drops its oldest entries when it is full, and never grows beyond twice the limit", async () => {
    await using at = await aLog({ fileLimitBytes: 100 });
    for (const entry of numbers(100, 200)) {
      at.log.append(entry);
      await at.log.flush();
    }
    const kept = await at.log.read();
    expect(kept).toEqual(numbers(200 - kept.length, 200));
    // 10 bytes a line: one file is full, the other is being filled.
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThanOrEqual(20);
  });

  it("takes an entry that is longer than the limit", async () => {
    await using at = await aLog({ fileLimitBytes: 5 });
    at.log.append({ n: 1_000_000 });
    expect(await at.log.read()).toEqual([{ n: 1_000_000 }]);
  });

  it("takes nothing after it was closed", async () => {
    await using at = await aLog();
    at.log.append({ n: 1 });
    await at.log.close();
    at.log.append({ n: 2 });
    expect(await at.log.read()).toEqual([{ n: 1 }]);
  });

  it("tells that it cannot write, and goes on when it can again", async () => {
    const errors: unknown[] = [];
    await using at = await aLog({ onError: (error) => errors.push(error) });
    rmSync(at.folder, { recursive: true });
    at.log.append({ n: 1 });
    await at.log.flush();
    expect(errors).toMatchObject([{ code: "ENOENT" }]);
    mkdirSync(at.folder);
    at.log.append({ n: 2 });
    expect(await at.log.read()).toEqual([{ n: 2 }]);
  });
});
