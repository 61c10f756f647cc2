import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { Runs } from "../../src/engine/runs.ts";
import { callEngine } from "../support/call-engine.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let call: ReturnType<typeof callEngine>;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  call = callEngine({ url: host.engine.url, apiKey: host.apiKey });
  box = await host.box();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const exec = (command: string) =>
  call("POST", `/${box.id}/exec`, { command: ["sh", "-c", command] });
const runs = async () =>
  (await call("GET", `/${box.id}/runs`)).runs as Array<Record<string, unknown>>;
const logs = async (query = "") =>
  (await call("GET", `/${box.id}/logs${query}`)).logs as Array<Record<string, unknown>>;

describe("the runs of a box", () => {
  it("have exactly the keys that clients expect, all numbers defined, newest first", async () => {
    await exec("exit 3");
    await exec("true");
    const [newest, before] = await runs();
    expect(newest).toEqual({
      id: expect.any(String),
      box_id: box.id,
      customer_id: expect.any(String),
      type: "shell",
      status: "completed",
      prompt: "sh -c true",
      input_tokens: 0,
      output_tokens: 0,
      cpu_ns: expect.any(Number),
      cost_usd: 0,
      compute_cost_usd: 0,
      duration_ms: expect.any(Number),
      created_at: expect.any(Number),
      completed_at: expect.any(Number),
    });
    expect(before).toMatchObject({ prompt: "sh -c exit 3", status: "failed" });
    expect(await call("GET", `/${box.id}/runs/${newest?.id}`)).toEqual(newest);
    expect(await call("GET", `/${box.id}/runs/unknown`)).toMatchObject({ http: 404 });
  });

  it("add to the totals of their box", async () => {
    const before = Number((await call("GET", `/${box.id}`)).total_cpu_ns ?? 0);
    await exec("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
    const [{ cpu_ns } = {}] = await runs();
    expect(Number(cpu_ns)).toBeGreaterThan(0);
    expect((await call("GET", `/${box.id}`)).total_cpu_ns).toBe(before + Number(cpu_ns));
  });

  it("are cancelled with their whole process tree; one that has ended stays as it is", async () => {
    const run = await box.exec.stream("setsid sleep 1000 & echo $!; wait");
    let pid = "";
    for await (const chunk of run) {
      if (chunk.type !== "stdout") continue;
      pid = chunk.data.trim();
      break;
    }
    const [{ id } = {}] = await runs();
    expect(await call("POST", `/${box.id}/runs/${id}/cancel`)).toEqual({ cancelled: true });
    await expect.poll(async () => (await exec(`kill -0 ${pid}`)).exit_code).not.toBe(0);
    expect(await call("GET", `/${box.id}/runs/${id}`)).toMatchObject({ status: "cancelled" });
    expect(await call("POST", `/${box.id}/runs/${id}/cancel`)).toEqual({ cancelled: false });
    expect(await call("POST", `/${box.id}/runs/unknown/cancel`)).toMatchObject({ http: 404 });
  });

  it("that were going on when the engine ended have failed when it is back", async () => {
    await using folder = await temporaryFolder();
    const options = { onEnd: () => {}, onError: (error: unknown) => expect.fail(String(error)) };
    const before = new Runs("box", folder.path, options);
    before.start("shell", "first").finish({ status: "completed" });
    before.start("agent", "second");
    await before.close();

    const after = new Runs("box", folder.path, options);
    await after.recover();
    const [second, first] = await after.list();
    expect(first).toMatchObject({ prompt: "first", status: "completed" });
    expect(second).toMatchObject({
      prompt: "second",
      status: "failed",
      error_message: expect.stringContaining("engine ended"),
    });
    expect(second?.completed_at).toBeGreaterThan(0);
    await after.close();
  });

  it("keep the beginning of what is too long, and say so", async () => {
    await using folder = await temporaryFolder();
    const options = { onEnd: () => {}, onError: (error: unknown) => expect.fail(String(error)) };
    const all = new Runs("box", folder.path, options);
    const run = all.start("agent", "p".repeat(100_000));
    run.finish({ status: "completed", output: "o".repeat(600_000) });
    const [kept] = await all.list();
    expect(kept?.prompt).toMatch(/^p{65536}\n… 34464 more characters are not kept\.$/);
    expect(kept?.output).toMatch(/^o+\n… 75712 more characters are not kept\.$/);
    await all.close();
  });
});

describe("the log of a box", () => {
  it("has what commands print, line by line, with exactly the keys that clients expect", async () => {
    const before = (await logs()).length;
    await exec("echo one; echo two; printf three; echo problem >&2");
    const entry = { timestamp: expect.any(Number), level: "info", source: "user" };
    expect(await logs(`?offset=${before}`)).toEqual([
      { ...entry, message: "one" },
      { ...entry, message: "two" },
      { ...entry, message: "three" },
      { ...entry, level: "error", message: "problem" },
    ]);
    expect(await logs(`?offset=${before + 1}&limit=1`)).toEqual([{ ...entry, message: "two" }]);
    const wrong = await call("GET", `/${box.id}/logs?offset=-1`);
    expect(wrong).toMatchObject({ http: 400, error: expect.stringContaining("offset") });
  });

  it("has what a streamed command prints, and is not filled by one that prints without end", async () => {
    const before = (await logs()).length;
    const run = await box.exec.stream("echo begin; head -c 10000000 /dev/zero | tr '\\0' x");
    for await (const _chunk of run);
    const entries = await logs(`?offset=${before}`);
    expect(entries[0]).toMatchObject({ message: "begin" });
    expect(entries.at(-1)).toMatchObject({ level: "warn", source: "system" });
    expect(JSON.stringify(entries).length).toBeLessThan(100_000);
  });
});
