import { Box } from "@upstash/box";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod-3";
import { type AgentWorld, agentWorld, mayRun, PROGRAMS } from "./support/agent-world.ts";

let world: AgentWorld;
beforeAll(async () => {
  world = await agentWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

for (const program of PROGRAMS) {
  const { harness, model } = program;
  describe.skipIf(!(await mayRun(program)))(`${harness} by way of @upstash/box`, () => {
    const create = () =>
      Box.create({
        ...world.host.connection,
        agent: { harness, model } as never,
        networkPolicy: { mode: "deny-all" },
      });

    it("streams what it does, and its cost", async () => {
      const box = await create();
      world.model.play({
        turns: [
          { text: "I look.", tools: [{ tool: "shell", command: "echo seen" }] },
          { text: "All is done." },
        ],
      });
      const run = await box.agent.stream({ prompt: "Look" });
      const types: string[] = [];
      for await (const { type } of run) types.push(type);
      expect(types).toEqual([
        ...["start", "text-delta", "tool-call", "tool-result", "text-delta", "finish", "stats"],
      ]);
      expect(run.result).toBe("All is done.");
      expect(run.cost.inputTokens).toBe(200);
      expect(run.cost.totalUsd).toBeGreaterThan(0);
      await box.delete();
    });

    it("goes on with its conversation, and answers in the shape that is asked for", async () => {
      const box = await create();
      world.model.play({ turns: [{ text: "I know." }, { answer: { word: "heliotrope" } }, {}] });
      await box.agent.run({ prompt: "Remember the word heliotrope." });
      const run = await box.agent.run({
        prompt: "Which word was it?",
        responseSchema: z.object({ word: z.string() }) as never,
      });
      expect(run.result).toEqual({ word: "heliotrope" });
      expect(JSON.stringify(world.model.requests.at(-1)?.body)).toContain("Remember the word");
      await box.delete();
    });

    it("fails with the reason", async () => {
      const box = await create();
      world.model.play({ turns: [{ status: 401, message: "invalid x-api-key" }] });
      await expect(box.agent.run({ prompt: "Try" })).rejects.toThrow(/refuses the key/);
      await box.delete();
    });
  });
}
