import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BoxData, LogEntry } from "../../src/box/wire.ts";
import { callEngine } from "../support/call-engine.ts";
import { killBox } from "../support/kill-box.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const client = ({ engine, apiKey }: TestEngine) => callEngine({ url: engine.url, apiKey });

const call = (...args: Parameters<ReturnType<typeof callEngine>>) => client(host)(...args);

const status = async (engine: TestEngine, id: string) =>
  (await client(engine)("GET", `/${id}/status`)).status;

async function messages(engine: TestEngine, id: string): Promise<string[]> {
  const { logs } = (await client(engine)("GET", `/${id}/logs`)) as { logs: LogEntry[] };
  return logs.map(({ message }) => message);
}

describe("a box that is paused", () => {
  it("ends its processes, keeps disk and environment, and wakes with the next command", async () => {
    const box = await host.box({ env: { KEPT: "yes" } });
    await box.exec.command("echo text > file; sleep 1000 >/dev/null 2>&1 &");
    expect(await call("POST", `/${box.id}/pause`)).toEqual({ status: "paused" });
    expect(await status(host, box.id)).toBe("paused");
    // Looking does not wake it.
    await call("GET", `/${box.id}`);
    await call("GET", `/${box.id}/runs`);
    expect(await status(host, box.id)).toBe("paused");
    const run = await box.exec.command('cat file; echo "$KEPT"; ls /proc | grep -c "^[0-9]"');
    expect(run.stdout).toMatch(/^text\nyes\n[2-5]\n$/);
    expect(await status(host, box.id)).toBe("idle");
    await box.delete();
  });

  it("is resumed, and pausing and resuming twice changes nothing", async () => {
    const box = await host.box();
    await call("POST", `/${box.id}/pause`);
    await call("POST", `/${box.id}/pause`);
    expect(await call("POST", `/${box.id}/resume`)).toEqual({ status: "idle" });
    expect(await call("POST", `/${box.id}/resume`)).toEqual({ status: "idle" });
    await box.delete();
  });

  it("in the middle of a command has that one cancelled", async () => {
    const box = await host.box();
    const run = await box.exec.stream("echo started; sleep 1000");
    const reading = (async () => {
      for await (const chunk of run) {
        if (chunk.type === "stdout") await call("POST", `/${box.id}/pause`);
      }
    })();
    await reading.catch(() => undefined);
    expect(await call("GET", `/${box.id}/runs`)).toMatchObject({ runs: [{ status: "cancelled" }] });
    expect(await status(host, box.id)).toBe("paused");
    await box.delete();
  });
});

describe("a box that has nothing to do", () => {
  it("pauses by itself, but not while a command, a clone or an upload goes on", async () => {
    await using engine = await testEngine({ idlePauseMs: 300 });
    const box = await engine.box();
    // Longer than the time that an idle box is given.
    const run = await box.exec.command("sleep 1; echo done");
    expect(run.result).toBe("done");
    expect(await status(engine, box.id)).toBe("idle");
    await expect.poll(() => status(engine, box.id)).toBe("paused");
    expect((await box.exec.command("echo awake")).result).toBe("awake");
    await expect.poll(() => status(engine, box.id)).toBe("paused");
    await box.delete();
  });

  it("never pauses when it is to be kept alive, and is refused when asked to", async () => {
    await using engine = await testEngine({ idlePauseMs: 50 });
    const box = await engine.box({ keepAlive: true });
    const other = await engine.box();
    await expect.poll(() => status(engine, other.id)).toBe("paused");
    expect(await status(engine, box.id)).toBe("idle");
    expect(await client(engine)("POST", `/${box.id}/pause`)).toMatchObject({
      http: 400,
      error: expect.stringContaining("Keep-alive boxes cannot be paused"),
    });
  });
});

describe("a keep-alive box", () => {
  it("runs its init command at every start, and says in its log what that printed", async () => {
    await using first = await testEngine();
    const body = { keep_alive: true, init_command: "echo up >> starts; echo hello; exit 3" };
    const { id } = (await client(first)("POST", "", body)) as BoxData;
    await expect
      .poll(() => messages(first, id))
      .toEqual([
        "The init command has been started.",
        "hello",
        "The init command ended with exit code 3.",
      ]);
    await first.engine.close();

    await using second = await testEngine({ data: first.data });
    // Nobody asked for it: the engine has started it.
    await expect.poll(() => status(second, id)).toBe("idle");
    const read = () => client(second)("GET", `/${id}/files/read?path=starts`);
    await expect.poll(read).toEqual({ content: "up\nup\n" });
  });

  it("does not keep its creator waiting for the init command", async () => {
    const body = { keep_alive: true, init_command: "sleep 1000" };
    const { id } = (await call("POST", "", body)) as BoxData;
    expect(await status(host, id)).toBe("idle");
    await call("DELETE", `/${id}`);
  });

  it("starts again when it dies", async () => {
    const body = { keep_alive: true, init_command: "echo up >> starts" };
    const { id } = (await call("POST", "", body)) as BoxData;
    await expect.poll(() => messages(host, id)).toHaveLength(2);
    await killBox(id);
    await expect.poll(() => messages(host, id), { timeout: 10_000 }).toHaveLength(5);
    expect(await messages(host, id)).toContainEqual(expect.stringContaining("ended by itself"));
    await call("DELETE", `/${id}`);
  });

  it("has its init command read, changed and removed; other boxes have none", async () => {
    const { id } = (await call("POST", "", { keep_alive: true })) as BoxData;
    expect(await call("GET", `/${id}/startup`)).toEqual({ init_command: "" });
    await call("PUT", `/${id}/startup`, { init_command: "true" });
    expect(await call("GET", `/${id}/startup`)).toEqual({ init_command: "true" });
    await call("DELETE", `/${id}/startup`);
    expect(await call("GET", `/${id}/startup`)).toEqual({ init_command: "" });
    await call("DELETE", `/${id}`);

    const other = await host.box();
    for (const method of ["GET", "PUT", "DELETE"]) {
      const body = method === "PUT" ? { init_command: "true" } : undefined;
      expect(await call(method, `/${other.id}/startup`, body)).toMatchObject({ http: 400 });
    }
    await other.delete();
  });
});

describe("an ephemeral box", () => {
  it("says when it ends, and is gone then", async () => {
    const now = Math.floor(Date.now() / 1000);
    const box = (await call("POST", "", { ephemeral: true, ttl: 1 })) as BoxData;
    expect(box).toMatchObject({ ephemeral: true, status: "idle" });
    expect(box.expires_at).toBeGreaterThanOrEqual(now + 1);
    await expect
      .poll(() => call("GET", `/${box.id}`), { timeout: 5_000 })
      .toMatchObject({
        http: 404,
      });
    expect(existsSync(join(host.data, "boxes", box.id))).toBe(false);
  });

  it("lives for three days when nothing is said", async () => {
    const box = (await call("POST", "", { ephemeral: true })) as BoxData;
    expect((box.expires_at ?? 0) - box.created_at).toBe(259_200);
    await call("DELETE", `/${box.id}`);
  });

  it("whose time was over while the engine was away is gone when it is back", async () => {
    await using first = await testEngine();
    const body = { ephemeral: true, ttl: 1 };
    const box = (await client(first)("POST", "", body)) as BoxData;
    await first.engine.close();
    await expect.poll(() => Date.now() / 1000).toBeGreaterThan(box.expires_at ?? 0);
    await using second = await testEngine({ data: first.data });
    await expect.poll(() => client(second)("GET", "")).toEqual([]);
    await expect.poll(() => existsSync(join(first.data, "boxes", box.id))).toBe(false);
  });
});
