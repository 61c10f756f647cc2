import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let plain: Box;
beforeAll(async () => {
  host = await testEngine();
  plain = await host.box();
});
afterAll(() => host[Symbol.asyncDispose]());

const RUNTIMES: Array<
  [runtime: "node" | "python" | "golang" | "ruby" | "rust", ...programs: string[]]
> = [
  ["node", "node"],
  ["python", "python3"],
  ["golang", "go"],
  ["ruby", "ruby"],
  ["rust", "rustc", "cargo"],
];

describe("a runtime", () => {
  it.each(RUNTIMES)(
    "%s makes a box when a box has its programs, and is refused with their names when not",
    async (runtime, ...programs) => {
      // Which of them this host has is not the test's to say: a box without a runtime is asked.
      const { stdout } = await plain.exec.command(
        `for name in ${programs.join(" ")}; do command -v $name >/dev/null || echo $name; done`,
      );
      const missing = stdout.split("\n").filter((name) => name !== "");
      if (missing.length === 0) {
        const box = await host.box({ runtime });
        expect(
          await box.exec.command(`${programs[0]} --version || ${programs[0]} version`),
        ).toMatchObject({ exitCode: 0 });
        await box.delete();
      } else {
        await expect(host.box({ runtime })).rejects.toMatchObject({
          statusCode: 400,
          message: expect.stringMatching(
            new RegExp(`no ${missing.join(" and no ")}, which ${runtime}.*sudo apt-get install `),
          ),
        });
      }
      expect(await listed()).toEqual([plain.id]);
      expect(host.errors).toEqual([]);
    },
  );
});

async function listed(): Promise<string[]> {
  const answer = await host.request("");
  return ((await answer.json()) as Array<{ id: string }>).map(({ id }) => id);
}
