import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BoxData, LogEntry } from "../../src/box/wire.ts";
import { callEngine } from "../support/call-engine.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let call: ReturnType<typeof callEngine>;
let id: string;
beforeAll(async () => {
  host = await testEngine();
  call = callEngine({ url: host.engine.url, apiKey: host.apiKey });
  ({ id } = (await call("POST", "", {})) as BoxData);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

const warnings = async (box: string) => {
  const { logs } = (await call("GET", `/${box}/logs`)) as { logs: LogEntry[] };
  return logs.filter(({ level }) => level === "warn").map(({ message }) => message);
};

describe("what a box is created with", () => {
  it("comes back in its data, and nothing that is secret does", async () => {
    const box = await call("POST", "", {
      name: "full",
      labels: ["a", "b:c"],
      size: "large",
      keep_alive: true,
      init_command: "true",
      agent: "claude-code",
      model: "anthropic/claude-opus-4-6",
      agent_api_key: "UPSTASH_KEY",
      runtime: "node",
      github_token: "ghp_secret",
      env_vars: { SECRET: "hidden" },
      skills: ["owner/repo/skill"],
      mcp_servers: [{ name: "files", source: "npm", package_or_url: "mcp-files" }],
    });
    expect(box).toMatchObject({
      name: "full",
      labels: ["a", "b:c"],
      size: "large",
      keep_alive: true,
      agent: "claude-code",
      model: "anthropic/claude-opus-4-6",
      use_managed_key: true,
      runtime: "node",
      enabled_skills: ["owner/repo/skill"],
      status: "idle",
    });
    expect(JSON.stringify(box)).not.toMatch(/ghp_secret|hidden|slot|layers/);
    expect(await call("GET", "/full")).toMatchObject({ id: box.id, size: "large" });
    expect(await warnings("full")).toEqual([expect.stringMatching(/size large.*no limits/)]);
    await call("DELETE", "/full");
  });

  it("says in the log of what a custom agent is not told", async () => {
    await call("POST", "", {
      name: "own",
      agent: "custom",
      custom_runner: { command: "true" },
      skills: ["owner/repo/skill"],
      mcp_servers: [{ name: "files", source: "npm", package_or_url: "files" }],
    });
    expect(await warnings("own")).toEqual([
      expect.stringMatching(/skills owner\/repo\/skill/),
      expect.stringMatching(/mcp_servers files/),
    ]);
    await call("DELETE", "/own");
  });

  it.each([
    ["claude/opus_4_6", "claude-code"],
    ["anything", "claude-code"],
    ["openai/gpt-5.4", "codex"],
    ["opencode/x", "opencode"],
  ])("by an old client, model %s and no agent, means %s", async (model, agent) => {
    const box = (await call("POST", "", { model })) as BoxData;
    expect(box).toMatchObject({ model, agent });
    await call("DELETE", `/${box.id}`);
  });

  it("may be an Alpine runtime, which is the same here, and the log says so", async () => {
    const box = (await call("POST", "", { runtime: "node-alpine" })) as BoxData;
    expect(box.runtime).toBe("node-alpine");
    expect(await warnings(box.id)).toEqual([expect.stringMatching(/no Alpine/)]);
    await call("DELETE", `/${box.id}`);
  });

  it("cannot be the name that another box has as its id", async () => {
    expect(await call("POST", "", { name: id })).toMatchObject({ http: 409 });
  });
});

describe("the configuration of a box", () => {
  it("takes another model, and an agent with it when it has none", async () => {
    await call("PUT", `/${id}/config/model`, { model: "openai/gpt-5.4" });
    expect(await call("GET", `/${id}`)).toMatchObject({ agent: "codex", model: "openai/gpt-5.4" });
    await call("PUT", `/${id}/config/model`, { model: "openai/other" });
    expect(await call("GET", `/${id}`)).toMatchObject({ agent: "codex", model: "openai/other" });
  });

  it("takes a custom program, which is run from then on", async () => {
    await call("PUT", `/${id}/config/custom-runner`, {
      custom_runner: {
        command: "sh",
        args: ["-c", `printf 'event: done\\ndata: {"output":"mine"}\\n\\n'`],
      },
    });
    expect(await call("GET", `/${id}`)).toMatchObject({ agent: "custom", model: "custom" });
    const response = await host.request(`/${id}/run/stream`, {
      method: "POST",
      body: JSON.stringify({ prompt: "x" }),
    });
    expect(await response.text()).toContain('"output":"mine"');
    expect(await call("PUT", `/${id}/config/custom-runner`, {})).toMatchObject({ http: 400 });
  });

  it("takes labels up to five, each once, and says so in the service's words", async () => {
    for (const label of ["one", "two", "3", "4", "5"]) {
      await call("POST", `/${id}/config/labels`, { label });
    }
    const add = (label: string) => call("POST", `/${id}/config/labels`, { label });
    expect(await add("one")).toMatchObject({ http: 409, error: "Label already added" });
    expect(await add("six")).toMatchObject({
      http: 400,
      error: expect.stringMatching(/at most 5/),
    });
    expect(await add("a b")).toMatchObject({
      http: 400,
      error: 'labels: label "a b" contains invalid characters',
    });
    expect(await call("DELETE", `/${id}/config/labels/two`)).toEqual({
      message: "Label removed",
      labels: ["one", "3", "4", "5"],
    });
    expect(await call("DELETE", `/${id}/config/labels/two`)).toMatchObject({
      http: 404,
      error: "Label not found",
    });
    expect(await call("GET", "?label=3")).toMatchObject([{ id }]);
    expect(await call("GET", "?label=two")).toEqual([]);
  });

  it("takes skills, whose names have slashes, and says in the log what becomes of them", async () => {
    await call("POST", `/${id}/config/skills`, { skill_id: "owner/repo/one" });
    await call("POST", `/${id}/config/skills`, { skill_id: "owner/repo/two" });
    await call("POST", `/${id}/config/skills`, { skill_id: "owner/repo/two" });
    const enabled_skills = ["owner/repo/one", "owner/repo/two"];
    expect(await call("GET", `/${id}`)).toMatchObject({ enabled_skills });
    expect(await warnings(id)).toEqual([
      expect.stringContaining("owner/repo/one"),
      expect.stringContaining("owner/repo/two"),
    ]);
    const remove = () => call("DELETE", `/${id}/config/skills/owner/repo/one`);
    expect(await remove()).toEqual({ enabled_skills: ["owner/repo/two"] });
    expect(await remove()).toMatchObject({ http: 404 });
  });

  it("takes a network that the driver can enforce, and refuses all others", async () => {
    const set = (policy: object) => call("PUT", `/${id}/config/network-policy`, policy);
    await set({ mode: "deny-all" });
    expect(await call("GET", `/${id}`)).toMatchObject({ network_policy: { mode: "deny-all" } });
    expect(await set({ mode: "custom", allowed_domains: ["a.b"] })).toMatchObject({ http: 501 });
    expect(await set({ mode: "open" })).toMatchObject({ http: 400 });
    expect(await call("GET", `/${id}`)).toMatchObject({ network_policy: { mode: "deny-all" } });
  });
});

describe("variables of the account", () => {
  const shell = async (command: string) =>
    (await call("POST", `/${id}/exec`, { command: ["sh", "-c", command] })).output;

  it("are given to the commands of all boxes, below the box's own, and never told again", async () => {
    const own = (await call("POST", "", { env_vars: { SHARED: "own" } })) as BoxData;
    await call("PUT", "/settings/env", { env_vars: { SHARED: "of all", OTHER: "too" } });
    expect(await call("GET", "/settings/env")).toEqual({
      env_vars: { SHARED: "********", OTHER: "********" },
    });
    expect(await shell('echo "$SHARED $OTHER"')).toBe("of all too\n");
    const exec = { command: ["sh", "-c", 'echo "$SHARED $OTHER"'] };
    expect(await call("POST", `/${own.id}/exec`, exec)).toMatchObject({ output: "own too\n" });

    await call("PUT", "/settings/env/ADDED", { value: "new" });
    await call("DELETE", "/settings/env/OTHER");
    expect(await shell('echo "$SHARED $OTHER $ADDED"')).toBe("of all  new\n");
    await call("PUT", "/settings/env", { env_vars: {} });
    expect(await call("GET", "/settings/env")).toEqual({ env_vars: {} });
    await call("DELETE", `/${own.id}`);
  });

  it("that no box may have are refused, and change nothing", async () => {
    await call("PUT", "/settings/env", { env_vars: { KEPT: "yes" } });
    const refused = { http: 400, error: expect.stringContaining("PATH") };
    expect(await call("PUT", "/settings/env/PATH", { value: "/evil" })).toMatchObject(refused);
    const body = { env_vars: { PATH: "/evil" } };
    expect(await call("PUT", "/settings/env", body)).toMatchObject(refused);
    expect(await call("PUT", "/settings/env", { env_vars: { A: 1 } })).toMatchObject({ http: 400 });
    expect(await call("GET", "/settings/env")).toEqual({ env_vars: { KEPT: "********" } });
  });
});
