import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CreateScheduleRequest, RunRecord, Schedule } from "../../../src/box/wire.ts";
import { serveEngine } from "../../../src/engine/serve-engine.ts";
import { agentScript } from "../../support/agent-script.ts";
import { manualCron } from "../../support/manual-cron.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { type Delivery, webhookReceiver } from "../../support/webhook-receiver.ts";

let answer: (delivery: Delivery) => number = () => 204;
const cron = manualCron();
let host: TestEngine;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
let id: string;
beforeAll(async () => {
  receiver = await webhookReceiver((delivery) => answer(delivery));
  host = await testEngine({ startCron: cron.startCron, allowedHosts: [receiver.host] });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("schedules", () => {
  beforeEach(async () => {
    ({ id } = await host.box());
    return async () => {
      await api("DELETE", "").catch(() => undefined);
    };
  });

  it("are answered the same when they are made, looked at and listed", async () => {
    const made = await create({
      ...every("0 9 * * 1-5", "date"),
      folder: "/workspace/home",
      webhook_headers: { "x-team": "web" },
      webhook_url: receiver.url,
      timeout: 300_000,
    });
    expect(made).toMatchObject({ box_id: id, status: "active", total_runs: 0, total_failures: 0 });
    expect(await api("GET", `/schedules/${made.id}`)).toEqual(made);
    expect(await api("GET", "/schedules")).toEqual([made]);
    await expect(api("GET", "/schedules/sched-none")).rejects.toThrow("404 There is no schedule");
    await expect(api("POST", "/schedules/sched-none/pause")).rejects.toThrow("404");
  });

  it.each([
    ["* * * * * *", "five fields"],
    ["@daily", "five fields"],
    ["2026-12-24T18:00:00", "five fields"],
    ["61 * * * *", "minute"],
    ["a b c d e", "illegal"],
    ["0 0 30 2 *", "never comes"],
  ])("refuse %s, naming cron", async (expression, why) => {
    const refusal = await create(every(expression, "true")).catch((error) => error.message);
    expect(refusal).toMatch(/^400 cron: /);
    expect(refusal).toContain(why);
  });

  it.each([
    [{ type: "exec", cron: "* * * * *", command: [] }, "command"],
    [{ type: "prompt", cron: "* * * * *", prompt: "" }, "prompt"],
    [{ type: "prompt", cron: "* * * * *", prompt: "x" }, "no agent"],
    [{ type: "other", cron: "* * * * *" }, "type"],
    [{ ...every("* * * * *", "true"), timeout: 2 ** 31 }, "timeout"],
    [{ ...every("* * * * *", "true"), webhook_url: "ftp://example.com" }, "webhook_url"],
    [{ ...every("* * * * *", "true"), webhook_url: "http://127.0.0.1:1/" }, "webhook_url: 127"],
    [{ ...every("* * * * *", "true"), webhook_headers: { a: "1\r\nb: 2" } }, "webhook_headers"],
  ])("refuse %j, naming the field", async (request, field) => {
    const refusal = await create(request as CreateScheduleRequest).catch((error) => error.message);
    expect(refusal).toMatch(/^400 /);
    expect(refusal).toContain(field);
  });

  it("run their command in its folder, each time that comes, as runs of their own", async () => {
    await exec("mkdir -p deep");
    const { id: schedule } = await create({
      ...every("1 * * * *", "pwd >> log"),
      folder: "/workspace/home/deep",
    });
    cron.fire("1 * * * *");
    await ran(schedule, 1);
    cron.fire("1 * * * *");
    const after = await ran(schedule, 2);
    expect(await exec("cat deep/log")).toBe("/workspace/home/deep\n/workspace/home/deep\n");
    expect(after).toMatchObject({ last_run_status: "completed", total_failures: 0 });
    const run = await lastRun(after);
    expect(run).toMatchObject({
      type: "shell",
      status: "completed",
      schedule_id: schedule,
      prompt: "sh -c pwd >> log",
    });
    expect(after.last_run_at).toBe(run.created_at);
  });

  it("wake a box that sleeps", async () => {
    const { id: schedule } = await create(every("2 * * * *", "echo awake > state"));
    await api("POST", "/pause");
    cron.fire("2 * * * *");
    await ran(schedule, 1);
    expect(await exec("cat state")).toBe("awake\n");
  });

  it("skip a time that comes while the last run goes on", async () => {
    const { id: schedule } = await create(
      every("3 * * * *", "until [ -e go ]; do sleep 0.05; done"),
    );
    cron.fire("3 * * * *");
    cron.fire("3 * * * *");
    const skipped = (await api("GET", `/schedules/${schedule}`)) as Schedule;
    expect(skipped).toMatchObject({ last_run_status: "skipped", total_runs: 0 });
    expect(await lastRun(skipped)).toMatchObject({ status: "skipped", schedule_id: schedule });
    await exec("touch go");
    expect(await ran(schedule, 1)).toMatchObject({ last_run_status: "completed" });
    cron.fire("3 * * * *");
    await ran(schedule, 2);
  });

  it("count what fails, and say why in the run and in the log", async () => {
    const { id: schedule } = await create(every("4 * * * *", "echo no such luck >&2; exit 3"));
    cron.fire("4 * * * *");
    const after = await ran(schedule, 1);
    expect(after).toMatchObject({ last_run_status: "failed", total_failures: 1 });
    const why = "The command failed (exit code 3): no such luck";
    expect((await lastRun(after)).error_message).toBe(why);
    expect(await logs()).toContain(`Schedule ${schedule}: ${why}`);

    const missing = await create({ type: "exec", cron: "5 * * * *", command: ["no-such-program"] });
    cron.fire("5 * * * *");
    const { total_failures } = await ran(missing.id, 1);
    expect(total_failures).toBe(1);
  });

  it("end a run that takes too long, with all that it has started", async () => {
    const { id: schedule } = await create({
      ...every("6 * * * *", "sleep 1000 & echo $! > child; wait"),
      timeout: 300,
    });
    cron.fire("6 * * * *");
    const after = await ran(schedule, 1);
    expect(await lastRun(after)).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining("longer than 300 ms"),
    });
    await expect.poll(() => exec("kill -0 $(cat child) 2>&1 || echo gone")).toContain("gone");
  });

  it("tell their webhook how each run ended, and the log when that cannot be told", async () => {
    const headers = { Authorization: "Bearer very-secret" };
    const { id: schedule } = await create({
      ...every("7 * * * *", "echo out; echo bad >&2; [ ! -e broken ]"),
      webhook_url: receiver.url,
      webhook_headers: headers,
    });
    const before = receiver.deliveries.length;
    cron.fire("7 * * * *");
    const { last_run_id } = await ran(schedule, 1);
    const deliveries = await receiver.received(before + 1);
    const delivery = deliveries[before];
    expect(JSON.parse(delivery?.body ?? "")).toEqual({
      box_id: id,
      run_id: last_run_id,
      status: "completed",
      output: "out\n",
      metadata: { schedule_id: schedule },
    });
    expect(delivery?.headers.authorization).toBe("Bearer very-secret");

    answer = () => 410;
    await exec("touch broken");
    cron.fire("7 * * * *");
    await receiver.received(before + 2);
    expect(JSON.parse(receiver.deliveries[before + 1]?.body ?? "")).toMatchObject({
      status: "failed",
      error: "The command failed (exit code 1): bad",
    });
    await expect.poll(logs).toContain("was not delivered: the receiver answered 410");
    expect(await logs()).not.toMatch(/very-secret|in-the-url/);
    answer = () => 204;
  });

  it("wait for no time while they are paused, and for none after they are deleted", async () => {
    const { id: schedule } = await create(every("8 * * * *", "true"));
    const paused = await api("POST", `/schedules/${schedule}/pause`);
    expect(paused).toMatchObject({ status: "paused" });
    expect(await api("GET", `/schedules/${schedule}`)).toEqual(paused);
    expect(cron.waiting()).not.toContain("8 * * * *");
    await api("PATCH", `/schedules/${schedule}`, { cron: "9 * * * *" });
    expect(cron.waiting()).not.toContain("9 * * * *");
    await api("POST", `/schedules/${schedule}/resume`);
    expect(cron.waiting()).toContain("9 * * * *");
    expect(await api("DELETE", `/schedules/${schedule}`)).toMatchObject({ status: "deleted" });
    expect(cron.waiting()).not.toContain("9 * * * *");
    expect(await api("GET", "/schedules")).toEqual([]);
    await expect(api("GET", `/schedules/${schedule}`)).rejects.toThrow("404");
  });

  it("change what a PATCH names, and clear what it empties", async () => {
    const made = await create({
      ...every("10 * * * *", "true"),
      folder: "/workspace/home",
      model: "m",
      agent_options: { effort: "high" },
      timeout: 1_000,
      webhook_url: receiver.url,
      webhook_headers: { a: "1" },
    });
    const patch = (change: object) => api("PATCH", `/schedules/${made.id}`, change);
    const kept = await patch({ cron: "11 * * * *", command: ["false"] });
    expect(kept).toEqual({
      ...made,
      cron: "11 * * * *",
      command: ["false"],
      updated_at: expect.any(Number),
    });
    expect(cron.waiting()).toContain("11 * * * *");
    expect(cron.waiting()).not.toContain("10 * * * *");
    const cleared = (await patch({
      folder: "",
      model: "",
      agent_options: null,
      timeout: 0,
      webhook_url: "",
      webhook_headers: {},
      prompt: "",
    })) as object;
    expect(Object.keys(cleared).sort()).toEqual(
      [
        ...["box_id", "command", "created_at", "cron", "customer_id", "id", "status"],
        ...["total_failures", "total_runs", "type", "updated_at"],
      ].sort(),
    );
    expect(await api("GET", `/schedules/${made.id}`)).toEqual(cleared);

    await expect(patch({ type: "prompt" })).rejects.toThrow("400 type: a schedule keeps its type");
    await expect(patch({ command: [] })).rejects.toThrow("400 command: cannot be cleared");
    await expect(patch({ cron: "" })).rejects.toThrow("400 cron");
    await expect(patch({ cron: "nonsense" })).rejects.toThrow("400 cron");
    await expect(patch({ prompt: "hi" })).rejects.toThrow("400 prompt: a schedule of type exec");
    await expect(patch({ webhook_url: "http://10.0.0.1" })).rejects.toThrow("400 webhook_url");
    expect(await api("GET", `/schedules/${made.id}`)).toEqual(cleared);
  });

  it("are at most a hundred in one box", async () => {
    for (let count = 0; count < 100; count++) await create(every("12 * * * *", "true"));
    await expect(create(every("12 * * * *", "true"))).rejects.toThrow(
      "400 The box has 100 schedules",
    );
  });

  it("end with their box, even while one runs", async () => {
    await create(every("13 * * * *", "sleep 1000"));
    cron.fire("13 * * * *");
    await expect
      .poll(async () => ((await api("GET", "/status")) as Schedule).status)
      .toBe("running");
    await api("DELETE", "");
    expect(cron.waiting()).not.toContain("13 * * * *");
  });

  it("end a box that is deleted while it wakes for them", async () => {
    await create(every("14 * * * *", "true"));
    await api("POST", "/pause");
    cron.fire("14 * * * *");
    await api("DELETE", "");
    expect(cron.waiting()).not.toContain("14 * * * *");
  });
});

describe("schedules of prompts", () => {
  it("give them to the box's agent, with a model of their own", async () => {
    const box = await host.box({
      agent: { harness: "custom", customHarness: { command: "sh", args: ["agent.sh"] } },
    });
    id = box.id;
    const scenarios = { hold: "sleep 1000", speak: 'finish "$3 $4"' };
    await box.files.write({ path: "agent.sh", content: agentScript(scenarios) });
    const { id: schedule } = await create({
      type: "prompt",
      cron: "20 * * * *",
      prompt: "speak",
      model: "other",
      webhook_url: receiver.url,
    });
    const before = receiver.deliveries.length;
    cron.fire("20 * * * *");
    const after = await ran(schedule, 1);
    expect(await lastRun(after)).toMatchObject({
      type: "agent",
      status: "completed",
      model: "other",
      output: "--model other",
      schedule_id: schedule,
    });
    await receiver.received(before + 1);
    expect(JSON.parse(receiver.deliveries[before]?.body ?? "")).toMatchObject({
      status: "completed",
      output: "--model other",
    });

    await api("PATCH", `/schedules/${schedule}`, { prompt: "hold", timeout: 200 });
    cron.fire("20 * * * *");
    const ended = await ran(schedule, 2);
    expect(await lastRun(ended)).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining("longer than 200 ms"),
    });

    await box.files.write({ path: "agent.sh", content: "exit 1" });
    await api("PATCH", `/schedules/${schedule}`, { folder: "/no/such/folder", timeout: 0 });
    cron.fire("20 * * * *");
    expect(await ran(schedule, 3)).toMatchObject({ total_failures: 2 });
    await box.delete();
  });
});

describe("schedules of an engine that comes back", () => {
  it("go on, and do not make up for what they missed", async () => {
    const first = await testEngine({ startCron: cron.startCron });
    await using _ = first;
    ({ id } = await first.box());
    const made = await create(every("30 * * * *", "echo ran >> log"), first);
    const paused = await create(every("31 * * * *", "true"), first);
    await api("POST", `/schedules/${paused.id}/pause`, undefined, first);
    await first.engine.close();
    expect(cron.waiting()).toEqual([]);
    cron.fire("30 * * * *");

    const engine = await serveEngine({
      data: first.data,
      apiKey: first.apiKey,
      startCron: cron.startCron,
    });
    const second = { ...first, request: requester(engine.url, first.apiKey) } as TestEngine;
    try {
      expect(cron.waiting()).toEqual(["30 * * * *"]);
      expect(await api("GET", `/schedules/${made.id}`, undefined, second)).toEqual(made);
      cron.fire("30 * * * *");
      await ran(made.id, 1, second);
      expect(await exec("cat log", second)).toBe("ran\n");
      const file = join(first.data, "boxes", id, "schedules.json");
      expect(JSON.parse(readFileSync(file, "utf8"))).toHaveLength(2);
    } finally {
      await engine.close();
    }
  });
});

function every(expression: string, script: string) {
  return { type: "exec" as const, cron: expression, command: ["sh", "-c", script] };
}

function requester(url: string, apiKey: string): TestEngine["request"] {
  return (path, init = {}) =>
    fetch(`${url}/v2/box${path}`, { ...init, headers: { "x-box-api-key": apiKey } });
}

async function api(method: string, path: string, body?: object, engine = host): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await engine.request(`/${id}${path}`, init);
  const answered = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(`${response.status} ${answered.error}`);
  return answered;
}

async function create(request: CreateScheduleRequest, engine = host): Promise<Schedule> {
  return (await api("POST", "/schedules", request, engine)) as Schedule;
}

async function exec(script: string, engine = host): Promise<string> {
  const command = ["sh", "-c", script];
  return ((await api("POST", "/exec", { command }, engine)) as { output: string }).output;
}

/** The schedule, when it has run as often. */
async function ran(schedule: string, times: number, engine = host): Promise<Schedule> {
  const look = async () =>
    (await api("GET", `/schedules/${schedule}`, undefined, engine)) as Schedule;
  await expect.poll(async () => (await look()).total_runs, { timeout: 10_000 }).toBe(times);
  return look();
}

async function lastRun({ last_run_id }: Schedule): Promise<RunRecord> {
  return (await api("GET", `/runs/${last_run_id}`)) as RunRecord;
}

async function logs(): Promise<string> {
  const { logs } = (await api("GET", "/logs")) as { logs: Array<{ message: string }> };
  return logs.map(({ message }) => message).join("\n");
}
