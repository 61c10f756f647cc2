import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { mayRun, PROGRAMS } from "./support/agent-world.ts";

describe.skipIf(!(await mayRun(PROGRAMS[1])))("the demo with a real program", () => {
  it("mends the failing test with a scripted model, and says that it is one", async () => {
    const argv = ["--import", "tsx", "dev/demo/main.ts", "--json", "--harness", "codex"];
    const { OPENAI_API_KEY: _, ...env } = process.env;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { env });
    expect(stderr).toContain("The agent is the real codex; its model is a scripted one");
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      jobs: [{ status: "succeeded" }, { status: "succeeded" }],
      tests: { passed: true },
    });
  });
});
