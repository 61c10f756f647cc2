import { once } from "node:events";
import type { BoxData } from "@upstash/box";
import { expect } from "vitest";
import { WebSocket } from "ws";
import type { Suite } from "../suite.ts";

/** What clients of other versions send, by raw HTTP. */
export function otherClientCases(suite: Suite): void {
  const create = async (body: object = {}) => {
    const answer = await suite.call<BoxData>("POST", "", body);
    expect(answer.status).toBe(200);
    return suite.keep(answer.body);
  };

  suite.it("0.1.15 creates with a model and no agent, which is inferred", async () => {
    for (const [model, agent] of [
      ["claude/opus_4_6", "claude-code"],
      ["openai/gpt-5.3-codex", "codex"],
      ["opencode/o3", "opencode"],
    ]) {
      expect(await create({ model, runtime: "node" })).toMatchObject({ agent, model });
    }
  });

  suite.it("0.1.15 uploads with a write of base64", async () => {
    const { id } = await create();
    const body = { path: "up.bin", content: "AP8K", encoding: "base64" };
    expect((await suite.call("POST", `/${id}/files/write`, body)).status).toBe(200);
    const read = await suite.call("GET", `/${id}/files/read?path=up.bin&encoding=base64`);
    expect(read.body).toEqual({ content: "AP8K" });
  });

  suite.it("0.1.15 reads exit_code and output of code as they are on the wire", async () => {
    const { id } = await create();
    const code = { code: "console.log('a'); process.exitCode = 4", language: "js" };
    expect((await suite.call("POST", `/${id}/code`, code)).body).toMatchObject({
      ...{ exit_code: 4, output: "a\n" },
    });
  });

  suite.it("no answer is an empty body, which old clients cannot read", async () => {
    const { id } = await create();
    for (const [method, path, body] of [
      ["POST", `/${id}/pause`],
      ["POST", `/${id}/resume`],
      ["PUT", `/${id}/config/model`, { model: "anthropic/x" }],
      ["PUT", `/${id}/git-config`, { git_user_name: "A" }],
      ["PUT", `/${id}/config/git`, { git_user_email: "a@x.example" }],
      ["DELETE", `/${id}`],
    ] as const) {
      const answer = await suite.call(method, path, body);
      expect([path, answer.status, typeof answer.body]).toEqual([path, 200, "object"]);
    }
  });

  suite.it("0.7 looks at files, makes, renames and removes them, and reads parts", async () => {
    const { id } = await create();
    const post = (route: string, body: object) => suite.call("POST", `/${id}/files/${route}`, body);
    await post("mkdir", { path: "a/b", parents: true });
    await post("write", { path: "a/b/digits", content: "0123456789" });
    const part = await suite.call("GET", `/${id}/files/read?path=a/b/digits&offset=2&length=3`);
    expect(part.body).toEqual({ content: "234" });
    const tooLong = await suite.call("GET", `/${id}/files/read?path=a/b/digits&length=8388609`);
    expect(tooLong.status).toBe(400);
    await post("rename", { from: "a/b/digits", to: "moved" });
    const stat = await suite.call("GET", `/${id}/files/stat?path=moved&follow=true`);
    expect(stat.body).toMatchObject({ type: "file", size: 10, mod_time: expect.any(String) });
    expect((await post("remove", { path: "a", recursive: true })).status).toBe(200);
    expect((await suite.call("GET", `/${id}/files/stat?path=a`)).status).toBe(404);
  });

  suite.it("0.7 reads git's exit code and clears a schedule's fields with a PATCH", async () => {
    const { id } = await create();
    const args = ["rev-parse", "--verify", "none"];
    const git = await suite.call("POST", `/${id}/git/exec`, { args });
    expect(git.body).toMatchObject({ exit_code: 128, output: expect.any(String) });
    const body = { type: "exec", cron: "0 0 1 1 *", command: ["true"], timeout: 1000 };
    const made = await suite.call("POST", `/${id}/schedules`, body);
    const path = `/${id}/schedules/${made.body.id}`;
    const changed = await suite.call("PATCH", path, { cron: "0 0 2 1 *" });
    expect(changed.body).toMatchObject({ id: made.body.id, cron: "0 0 2 1 *", command: ["true"] });
  });

  suite.it("0.7 has sessions on a WebSocket: input, a terminal's size, an exit", async () => {
    const { id } = await create();
    const { baseUrl, apiKey } = suite.connection;
    const url = `${baseUrl.replace(/^http/, "ws")}/v2/box/${id}/exec-session`;
    const socket = new WebSocket(url, { headers: { "x-box-api-key": apiKey } });
    const frames: { type: string; data?: string; code?: number }[] = [];
    socket.on("message", (data) => frames.push(JSON.parse(String(data))));
    await once(socket, "open");
    const send = (frame: object) => socket.send(JSON.stringify(frame));
    send({ type: "start", cmd: "stty size; read line; echo got $line; exit 6", ...TERMINAL });
    send({ type: "stdin", data: Buffer.from("typed\n").toString("base64") });
    await once(socket, "close");
    const said = frames.map(({ data = "" }) => Buffer.from(data, "base64").toString()).join("");
    expect(frames[0]).toMatchObject({ type: "started" });
    expect(said).toContain("40 100");
    expect(said).toContain("got typed");
    expect(frames.at(-1)).toEqual({ type: "exit", code: 6 });
  });
}

const TERMINAL = { tty: true, rows: 40, cols: 100, cwd: "/workspace/home" };
