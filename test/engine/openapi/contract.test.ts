import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type DevGitHub, startGitHub } from "../../../dev/github/index.ts";
import { ExecFrameDecoder, FRAMES_MEDIA_TYPE, NDJSON_MEDIA_TYPE } from "../../../src/box/wire.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { webhookReceiver } from "../../support/webhook-receiver.ts";
import { contractClient } from "./contract-client.ts";
import { type DescribedApi, describedApi } from "./described-api.ts";

/** Says one of everything that an agent can say; fails when it is asked to. */
const AGENT = `
const prompt = process.argv[process.argv.indexOf("-p") + 1];
const send = (name, data) => process.stdout.write("event: " + name + "\\ndata: " + JSON.stringify(data) + "\\n\\n");
send("thinking", { text: "Hm." });
send("text", { text: "I will look." });
send("tool", { name: "bash", input: { command: "ls" }, tool_call_id: "1" });
send("tool_result", { output: "a.txt", tool_call_id: "1" });
if (prompt.startsWith("fail")) send("error", { error: "out of ideas" });
else send("done", { output: "Done.", input_tokens: 5, output_tokens: 6, cached_input_tokens: 1, total_cost_usd: 0.1, session_id: "s1" });
`;

let host: TestEngine;
let github: DevGitHub;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
let api: DescribedApi;
let client: ReturnType<typeof contractClient>;
let token: string;
let box: { id: string };
beforeAll(async () => {
  github = await startGitHub();
  token = github.createUser({ login: "owner" }).token;
  receiver = await webhookReceiver();
  host = await testEngine({
    allowedHosts: [new URL(github.url).host, receiver.host],
    agentPrograms: { "claude-code": { command: "node", args: ["-e", AGENT, "--"] } },
  });
  api = await describedApi(host.engine.url);
  client = contractClient(api, host);
  const created = await client.call("createBox", {
    body: {
      name: "walk",
      labels: ["contract"],
      size: "medium",
      keep_alive: true,
      init_command: "true",
      agent: "claude-code",
      model: "anthropic/x",
      agent_api_key: "UPSTASH_KEY",
      runtime: "node",
      github_token: token,
      git_user_name: "Ada",
      git_user_email: "ada@example.com",
      env_vars: { GREETING: "hello" },
      skills: ["acme/skills/review"],
    },
  });
  box = { id: created.json.id };
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await github.close();
  expect(host.errors).toEqual([]);
});

describe("the engine answers as its document says", () => {
  it("and is held to it: a value that the document does not show would be told", () => {
    const schema = { $ref: "#/components/schemas/DeletedResponse" };
    client.hold("as it is", schema, { deleted: 1 });
    for (const wrong of [{ deleted: 1, more: 2 }, { deleted: "1" }, {}, null]) {
      expect(api.answerProblems(schema, wrong)).not.toEqual([]);
    }
  });

  it("about boxes", async () => {
    const other = await client.call("createBox", { body: { ephemeral: true, ttl: 600 } });
    expect(other.json.status).toBe("idle");
    const third = await client.call("createBox", { body: {} });
    const path = { id: other.json.id };
    expect((await client.call("pauseBox", { path })).json).toEqual({ status: "paused" });
    expect((await client.call("pauseBox", { path: box })).status).toBe(400);
    expect((await client.call("resumeBox", { path })).json).toEqual({ status: "idle" });
    expect((await client.call("listBoxes")).json).toHaveLength(3);
    expect((await client.call("listBoxes", { query: { label: "contract" } })).json).toHaveLength(1);
    expect((await client.call("getBox", { path: { id: "walk" } })).json.id).toBe(box.id);
    expect((await client.call("getStatus", { path: box })).json).toEqual({ status: "idle" });
    await client.call("setStartup", { path: box, body: { init_command: "date" } });
    expect((await client.call("getStartup", { path: box })).json).toEqual({ init_command: "date" });
    expect((await client.call("deleteStartup", { path: box })).json).toEqual({ init_command: "" });
    expect((await client.call("getStartup", { path })).status).toBe(400);
    expect((await client.call("createBox", { body: { name: "walk" } })).status).toBe(409);
    expect((await client.call("createBox", { body: { name: 5 } })).status).toBe(400);
    expect((await client.call("deleteBox", { path })).json).toEqual({ deleted: 1 });
    const ids = [third.json.id];
    expect((await client.call("deleteBoxes", { body: { ids } })).json).toEqual({ deleted: 1 });
    expect((await client.call("deleteBoxes", { body: { ids } })).status).toBe(404);
  });

  it("about commands, in each form of a stream", async () => {
    const command = ["sh", "-c", 'echo "$GREETING"; echo oops >&2; exit 3'];
    const { json } = await client.call("exec", { path: box, body: { command } });
    expect(json).toEqual({ exit_code: 3, output: "hello\n", error: "oops\n" });
    const code = { language: "js", code: "console.log(6 * 7)", timeout: 60_000 };
    expect((await client.call("code", { path: box, body: code })).json.output).toBe("42\n");
    for (const [operation, body] of [
      ["execStream", { command }],
      ["codeStream", code],
    ] as const) {
      const stream = (accept?: string) =>
        client.call(operation, { path: box, body, headers: accept ? { accept } : {} });
      const text = await stream();
      expect(text.type).toBe("text/event-stream");
      expect(text.text).toMatch(/^event: exit\ndata: \{"exit_code":\d,"cpu_ns":\d+\}$/m);
      const lines = await stream(NDJSON_MEDIA_TYPE);
      expect(lines.json.at(-1)).toMatchObject({ type: "exit" });
      const frames = await stream(FRAMES_MEDIA_TYPE);
      const types = new ExecFrameDecoder().push(Buffer.from(frames.text)).map(({ type }) => type);
      expect(types.at(-1)).toBe(3);
    }
    const wrong = await client.call("execStream", { path: box, body: { command: [] } });
    expect(wrong.status).toBe(400);
  });

  it("about sessions", async () => {
    const { path, ...operation } = api.operation("execSession");
    const frames = operation["x-websocket"];
    const socket = new WebSocket(
      `${host.engine.url.replace("http", "ws")}${path.replace("{id}", box.id)}`,
      { headers: { "x-box-api-key": host.apiKey } },
    );
    const said: Array<{ type: string }> = [];
    socket.on("message", (data) => said.push(JSON.parse(String(data))));
    const start = {
      type: "start",
      cmd: "read word; echo $word; echo oops >&2",
      rows: 24,
      cols: 80,
    };
    const input = [start, { type: "stdin", data: "aGVsbG8K" }, { type: "signal", signal: "NONE" }];
    for (const frame of input) {
      expect(api.requestProblems(frames?.client ?? {}, frame)).toEqual([]);
    }
    socket.on("open", () => {
      for (const frame of input) socket.send(JSON.stringify(frame));
    });
    await new Promise((resolve) => socket.on("close", resolve));
    for (const frame of said) client.hold("a frame", frames?.server, frame);
    const types = new Set(said.map(({ type }) => type));
    expect([...types].sort()).toEqual(["error", "exit", "started", "stderr", "stdout"]);
    expect((await client.call("execSession", { path: box })).status).toBe(426);
  });

  it("about agents and runs", async () => {
    const run = await client.call("runAgent", { path: box, body: { prompt: "look" } });
    const names = ["run_start", "thinking", "text", "tool", "tool_result", "done", "stats"];
    expect(run.events.map(({ name }) => name)).toEqual(names);
    const form = new FormData();
    form.append("prompt", "fail");
    form.append("json_schema", JSON.stringify({ type: "object" }));
    form.append("files", new File(["a,b"], "input.csv"));
    const failed = await client.call("runAgent", { path: box, form });
    expect(failed.events.map(({ name }) => name)).toContain("error");
    const options = { prompt: "look", agent_options: { maxTurns: 3 } };
    expect((await client.call("runAgent", { path: box, body: options })).status).toBe(501);
    const webhook = { url: receiver.url, headers: { "x-mine": "1" } };
    const body = { prompt: "look", webhook };
    const started = await client.call("runAgentInBackground", { path: box, body });
    const [delivery] = await receiver.received(1);
    const described = api.document.webhooks.runEnded as {
      post: { requestBody: { content: Record<string, { schema: object }> } };
    };
    const { schema } = described.post.requestBody.content["application/json"] ?? {};
    client.hold("the webhook", schema, JSON.parse(delivery?.body ?? ""));
    const { runs } = (await client.call("listRuns", { path: box })).json;
    expect(new Set(runs.map(({ type }: { type: string }) => type))).toEqual(
      new Set(["agent", "shell"]),
    );
    const path = { ...box, run: started.json.run_id };
    expect((await client.call("getRun", { path })).json.status).toBe("completed");
    expect((await client.call("cancelRun", { path })).json).toEqual({ cancelled: false });
    const { logs } = (await client.call("listLogs", { path: box, query: { limit: "5" } })).json;
    expect(logs.length).toBeGreaterThan(0);
  });

  it("about files", async () => {
    const file = { path: "notes/a.txt", content: "aGVsbG8=", encoding: "base64" };
    const written = await client.call("writeFile", { path: box, body: file });
    expect(written.json).toEqual({ path: "/workspace/home/notes/a.txt", size: 5 });
    const read = (query: Record<string, string>) => client.call("readFile", { path: box, query });
    expect((await read({ path: "notes/a.txt", offset: "1", length: "3" })).json.content).toBe(
      "ell",
    );
    expect((await read({ path: "nowhere" })).status).toBe(404);
    expect((await read({ path: "/etc/shadow" })).status).not.toBe(200);
    await client.call("exec", {
      path: box,
      body: { command: ["ln", "-s", "a.txt", "notes/link"] },
    });
    const listed = await client.call("listFiles", { path: box, query: { folder: "notes" } });
    expect(listed.json.files).toHaveLength(2);
    const query = { path: "notes/link", follow: "true" };
    expect((await client.call("statFile", { path: box, query })).json.type).toBe("file");
    const made = { path: "data/raw", parents: true };
    expect((await client.call("makeDirectory", { path: box, body: made })).status).toBe(200);
    const moved = { from: "data/raw", to: "data/old" };
    expect((await client.call("rename", { path: box, body: moved })).status).toBe(200);
    const form = new FormData();
    form.append("paths", "data/b.bin");
    form.append("files", new File(["bytes"], "b.bin"));
    expect((await client.call("uploadFiles", { path: box, form })).json).toEqual({ uploaded: 1 });
    const download = { path: box, query: { folder: "data/b.bin" } };
    expect((await client.call("downloadFile", download)).text).toBe("bytes");
    const folder = { path: "data" };
    expect((await client.call("remove", { path: box, body: folder })).status).toBe(409);
    const whole = { path: "data", recursive: true };
    expect((await client.call("remove", { path: box, body: whole })).status).toBe(200);
  });

  it("about git", async () => {
    const files = { "README.md": "# Site\n" };
    const remote = await github.createRepository({ owner: "owner", name: "site", files });
    const call = (operation: string, body: object) => client.call(operation, { path: box, body });
    const folder = "site";
    const cloned = await call("gitClone", { repo: remote.cloneUrl, depth: 1 });
    expect(cloned.json).toEqual({ folder: "/workspace/home/site" });
    await call("gitExec", { args: ["checkout", "-b", "change"], folder });
    await call("writeFile", { path: "site/README.md", content: "# Better\n" });
    const query = { folder };
    expect((await client.call("gitStatus", { path: box, query })).json.status).toBe(
      " M README.md\n",
    );
    expect((await client.call("gitDiff", { path: box, query })).json.diff).toContain("+# Better");
    const commit = { message: "docs: better", author_name: "Eve", folder };
    expect((await call("gitCommit", commit)).json.sha).toMatch(/^[0-9a-f]{40}$/);
    expect((await call("gitPush", { folder })).json.branch).toBe("change");
    const request = { title: "Better", body: "It is.", base: "main", folder };
    expect((await call("gitCreatePullRequest", request)).json.title).toBe("Better");
    expect((await call("gitCheckout", { branch: "main", folder })).json).toEqual({
      branch: "main",
    });
    expect((await call("gitCheckout", { branch: "nowhere", folder })).status).toBe(400);
    const missing = { repo: remote.cloneUrl, branch: "nowhere", folder: "other" };
    expect((await call("gitClone", missing)).status).toBe(404);
  });

  it("about configuration", async () => {
    const call = (operation: string, body: object) => client.call(operation, { path: box, body });
    const model = { model: "anthropic/y" };
    expect((await call("configureModel", model)).json).toEqual({ agent: "claude-code", ...model });
    const identity = { git_user_name: "Eve" };
    for (const operation of ["configureGit", "configureGitAsBefore"]) {
      const both = { git_user_name: "Eve", git_user_email: "ada@example.com" };
      expect((await call(operation, identity)).json).toEqual(both);
    }
    const policy = { mode: "deny-all", denied_cidrs: ["10.0.0.0/8"] };
    expect((await call("updateNetworkPolicy", policy)).json.network_policy).toEqual(policy);
    expect((await call("updateNetworkPolicy", { mode: "custom" })).status).toBe(501);
    const skill = "acme/skills/second";
    const skills = (await call("addSkill", { skill_id: skill })).json.enabled_skills;
    expect(skills).toEqual(["acme/skills/review", skill]);
    const without = await client.call("removeSkill", { path: { ...box, skill } });
    expect(without.json.enabled_skills).toEqual(["acme/skills/review"]);
    expect((await client.call("removeSkill", { path: { ...box, skill } })).status).toBe(404);
    expect((await call("addLabel", { label: "new" })).json.labels).toEqual(["contract", "new"]);
    expect((await call("addLabel", { label: "new" })).status).toBe(409);
    const path = { ...box, label: "new" };
    expect((await client.call("removeLabel", { path })).json.labels).toEqual(["contract"]);
    const custom_runner = { command: "agent", args: ["--quiet"], protocol: "box-sse-v1" };
    const runner = await call("configureCustomRunner", { custom_runner });
    expect(runner.json).toEqual({ custom_runner });
  });

  it("about schedules", async () => {
    const created = await client.call("createSchedule", {
      path: box,
      body: {
        type: "exec",
        cron: "0 3 1 1 *",
        command: ["true"],
        folder: "site",
        timeout: 1000,
        webhook_url: receiver.url,
        webhook_headers: { "x-mine": "1" },
      },
    });
    const path = { ...box, schedule: created.json.id };
    expect((await client.call("getSchedule", { path })).json).toEqual(created.json);
    expect((await client.call("listSchedules", { path: box })).json).toEqual([created.json]);
    const changed = await client.call("updateSchedule", { path, body: { webhook_url: "" } });
    expect(changed.json).not.toHaveProperty("webhook_url");
    expect((await client.call("pauseSchedule", { path })).json.status).toBe("paused");
    expect((await client.call("resumeSchedule", { path })).json.status).toBe("active");
    expect((await client.call("deleteSchedule", { path })).json.status).toBe("deleted");
    expect((await client.call("getSchedule", { path })).status).toBe(404);
    const prompt = { type: "prompt", cron: "0 3 1 1 *", prompt: "Look.", agent_options: { a: 1 } };
    expect((await client.call("createSchedule", { path: box, body: prompt })).status).toBe(200);
    const never = { type: "exec", cron: "never", command: ["true"] };
    expect((await client.call("createSchedule", { path: box, body: never })).status).toBe(400);
  });

  it("about snapshots", async () => {
    const taken = await client.call("createSnapshot", { path: box, body: { name: "first" } });
    expect(taken.json).toMatchObject({ name: "first", box_id: box.id, status: "ready" });
    const listed = await client.call("listSnapshots", { path: box });
    expect(listed.json.snapshots).toHaveLength(1);
    const restore = { snapshot_id: taken.json.id, name: "restored" };
    const restored = await client.call("createBoxFromSnapshot", { body: restore });
    expect(restored.json).toMatchObject({ name: "restored", runtime: "node", size: "medium" });
    expect((await client.call("createBoxFromSnapshot", { body: restore })).status).toBe(409);
    const path = { ...box, snapshot: taken.json.id };
    expect((await client.call("deleteSnapshot", { path })).json).toEqual({ deleted: 1 });
    expect((await client.call("deleteSnapshot", { path })).status).toBe(404);
    const again = await client.call("createBoxFromSnapshot", { body: restore });
    expect(again.status).toBe(404);
    expect((await client.call("deleteSnapshots", { body: {} })).json).toEqual({ deleted: 0 });
  });

  it("about public URLs", async () => {
    const body = { port: 4000, bearer_token: true, basic_auth: true };
    const made = await client.call("createPublicUrl", { path: box, body });
    expect(made.json).toMatchObject({ port: 4000, username: "user" });
    const { url } = made.json;
    const listed = await client.call("listPublicUrls", { path: box });
    expect(listed.json).toEqual({ previews: [{ url, port: 4000 }] });
    const path = { ...box, port: "4000" };
    expect((await client.call("deletePublicUrl", { path })).json).toEqual({ deleted: 1 });
    expect((await client.call("deletePublicUrl", { path })).status).toBe(404);
    const wrong = { ...box, port: "none" };
    expect((await client.call("deletePublicUrl", { path: wrong })).status).toBe(400);
  });

  it("about the variables of all boxes", async () => {
    const all = { env_vars: { A: "1", B: "2" } };
    const names = async (answer: ReturnType<typeof client.call>) =>
      Object.keys((await answer).json.env_vars);
    expect(await names(client.call("setAllEnvironment", { body: all }))).toEqual(["A", "B"]);
    const path = { key: "C" };
    const set = client.call("setEnvironment", { path, body: { value: "3" } });
    expect(await names(set)).toEqual(["A", "B", "C"]);
    expect(await names(client.call("deleteEnvironment", { path }))).toEqual(["A", "B"]);
    expect(await names(client.call("listEnvironment"))).toEqual(["A", "B"]);
    const home = { path: { key: "PATH" }, body: { value: "/evil" } };
    expect((await client.call("setEnvironment", home)).status).toBe(400);
  });

  it("about itself", async () => {
    expect((await client.call("getHealth")).json).toEqual({ ok: true });
    expect((await client.call("getOpenApi")).json).toEqual(api.document);
    expect((await client.call("getReference")).text).toContain("<h1>");
    expect((await client.call("getRoot")).status).toBe(302);
  });

  it("about everything: no operation was left out", () => {
    const described = api.operations.map(({ operationId }) => operationId);
    expect([...client.called].sort()).toEqual(described.sort());
  });
});
