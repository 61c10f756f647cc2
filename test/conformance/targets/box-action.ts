import { expect } from "vitest";
import { Box, EphemeralBox } from "../../../src/box/index.ts";
import type { Target } from "../target.ts";

export const boxAction: Target = {
  title: "our SDK",
  Box,
  EphemeralBox,
  lacks: {
    "one channel in streams": {
      why: "its chunks are stdout and stderr, as the engine tells them apart",
      async shown(suite) {
        const box = await suite.box();
        for await (const { type } of await box.exec.stream("echo out")) {
          expect(type).not.toBe("output");
        }
      },
    },
    "result with the last newline": {
      why: "result is without it, as the documentation prints it; stdout has it",
      async shown(suite) {
        const run = await (await suite.box()).exec.command("echo hello");
        expect([run.result, run.stdout]).toEqual(["hello", "hello\n"]);
      },
    },
    "the kind of a run": {
      why: "whoever holds a run has called the method that says it",
      async shown(suite) {
        expect(await (await suite.box()).exec.command("true")).not.toHaveProperty("type");
      },
    },
  },
};
