import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function lifecycleCases(suite: Suite): void {
  const { Box } = suite.target;

  suite.it("a fresh box is idle as soon as create returns", async () => {
    const box = await suite.box();
    expect(await box.getStatus()).toMatchObject({ status: "idle" });
  });

  suite.it("the list includes a live box, get gives the id that create gave", async () => {
    const box = await suite.box();
    const listed = await Box.list(suite.connection);
    expect(listed.map(({ id }) => id)).toContain(box.id);
    expect((await Box.get(box.id, suite.connection)).id).toBe(box.id);
  });

  suite.it("a name works in the place of an id, and no two boxes have one", async () => {
    const name = uniqueName();
    const box = await suite.box({ name });
    expect((await Box.get(name, suite.connection)).id).toBe(box.id);
    expect((await Box.getByName(name, suite.connection)).id).toBe(box.id);
    await expect(suite.box({ name })).rejects.toMatchObject({ statusCode: 409 });
  });

  suite.it("a box is described in snake case, with times in seconds", async () => {
    const box = await suite.box({ size: "medium", runtime: "node", labels: ["a"] });
    expect([box.size, box.keepAlive]).toEqual(["medium", false]);
    const data = (await Box.list(suite.connection)).find(({ id }) => id === box.id);
    expect(data).toMatchObject({ size: "medium", runtime: "node", labels: ["a"], status: "idle" });
    for (const time of [data?.created_at, data?.updated_at]) {
      expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(300);
    }
  });

  suite.it("a box is created with every option that there is", async () => {
    const box = await suite.box({
      ...{ name: uniqueName(), labels: ["ci", "team:web"], runtime: "node", size: "large" },
      agent: { harness: "claude-code", model: "anthropic/claude-sonnet-4-5", apiKey: "STORED_KEY" },
      git: { token: "none", userName: "John Doe", userEmail: "john@example.com" },
      env: { NODE_ENV: "production" },
      networkPolicy: { mode: "deny-all" },
      skills: ["vercel/ai/ai-sdk"],
      mcpServers: [
        { name: "files", package: "@modelcontextprotocol/server-filesystem", args: ["."] },
        { name: "docs", url: "https://mcp.example.com/sse", headers: { "x-team": "web" } },
      ],
      ...{ keepAlive: true, initCommand: "true", timeout: 600_000, debug: false },
    });
    const { body } = await suite.call("GET", `/${box.id}`);
    expect(body).toMatchObject({
      ...{ labels: ["ci", "team:web"], runtime: "node", size: "large", keep_alive: true },
      ...{ agent: "claude-code", model: "anthropic/claude-sonnet-4-5" },
      ...{ enabled_skills: ["vercel/ai/ai-sdk"], network_policy: { mode: "deny-all" } },
    });
    // What is secret is never told again.
    for (const secret of ["github_token", "agent_api_key", "env_vars", "mcp_servers"]) {
      expect(body).not.toHaveProperty(secret);
    }
  });

  suite.it("headers can be attached to requests, and are never told again", async () => {
    const box = await suite.box({ attachHeaders: { "api.example.com": { "x-key": "secret" } } });
    const { body } = await suite.call("GET", `/${box.id}`);
    expect(JSON.stringify(body)).not.toContain("secret");
  }, ["attached headers"]);

  suite.it("pause gives paused within 3 s, resume idle within 5 s; the disk stays", async () => {
    const box = await suite.box({ env: { KEPT: "kept" } });
    await box.files.write({ path: "kept.txt", content: "kept" });
    await box.exec.command("sleep 1000 >/dev/null 2>&1 &");
    await box.pause();
    await expect
      .poll(() => box.getStatus(), { timeout: 3_000 })
      .toMatchObject({ status: "paused" });
    await box.resume();
    await expect.poll(() => box.getStatus(), { timeout: 5_000 }).toMatchObject({ status: "idle" });
    expect(await box.files.read("kept.txt")).toBe("kept");
    const left = await box.exec.command('echo $KEPT; pgrep -x sleep || echo "no process"');
    expect(left.stdout).toBe("kept\nno process\n");
  });

  suite.it("any request wakes a paused box", async () => {
    const box = await suite.box();
    await box.pause();
    expect((await box.exec.command("echo awake")).stdout).toBe("awake\n");
    await box.pause();
    await box.files.write({ path: "a", content: "b" });
    expect(await box.getStatus()).toMatchObject({ status: "idle" });
  });

  suite.it("a box is running while something runs in it", async () => {
    const box = await suite.box();
    const stream = await box.exec.stream("echo begun; until [ -e stop ]; do sleep 0.05; done");
    for await (const chunk of stream) {
      if (chunk.type === "exit") continue;
      expect(await box.getStatus()).toMatchObject({ status: "running" });
      await box.files.write({ path: "stop", content: "" });
    }
    await expect.poll(() => box.getStatus()).toMatchObject({ status: "idle" });
  });

  suite.it("deleting a box while an exec runs does not hang", async () => {
    const box = await suite.box();
    const buffered = box.exec.command("sleep 1000").then(
      ({ status }) => status,
      () => "failed",
    );
    const stream = await box.exec.stream("echo begun; sleep 1000");
    const read = (async () => {
      for await (const chunk of stream) if (chunk.type !== "exit") await box.delete();
    })();
    // How the two end is not laid down; that they end is.
    await Promise.allSettled([read]);
    expect(await buffered).toBe("failed");
    expect(stream.status).toBe("failed");
    const gone = Box.get(box.id, suite.connection);
    await expect(gone).rejects.toMatchObject({ statusCode: 404 });
  });

  suite.it("several boxes are deleted at once, by their ids", async () => {
    const boxes = await Promise.all([suite.box(), suite.box()]);
    const boxIds = boxes.map(({ id }) => id);
    await Box.delete({ ...suite.connection, boxIds });
    const left = (await Box.list(suite.connection)).map(({ id }) => id);
    expect(left.filter((id) => boxIds.includes(id))).toEqual([]);
  });

  suite.it("an unknown box is 404, a wrong key 401, each with a text", async () => {
    const unknown = Box.get("no-such-box", suite.connection);
    await expect(unknown).rejects.toMatchObject({ name: "BoxError", statusCode: 404 });
    const stranger = Box.list({ ...suite.connection, apiKey: "box_wrong" });
    await expect(stranger).rejects.toMatchObject({ name: "BoxError", statusCode: 401 });
    const { body } = await suite.call("GET", "/no-such-box");
    expect(body.error).toEqual(expect.any(String));
  });

  suite.it("a keep-alive box runs its init command at its start and never pauses", async () => {
    const box = await suite.box({ keepAlive: true, initCommand: "touch /tmp/was-run" });
    expect(box.keepAlive).toBe(true);
    const there = "test -e /tmp/was-run";
    await expect.poll(async () => (await box.exec.command(there)).exitCode).toBe(0);
    expect(await box.getInitCommand()).toBe("touch /tmp/was-run");
    await box.setInitCommand("true");
    expect(await box.getInitCommand()).toBe("true");
    await box.deleteInitCommand();
    expect(await box.getInitCommand()).toBe("");
    await expect(box.pause()).rejects.toThrow("Keep-alive boxes cannot be paused");
    expect((await suite.call("POST", `/${box.id}/pause`)).status).toBe(400);
  });

  suite.it("an init command is only for keep-alive boxes", async () => {
    await expect(suite.box({ initCommand: "true" })).rejects.toThrow(/keep.?alive/i);
    const box = await suite.box();
    await expect(box.getInitCommand()).rejects.toThrow(/keep-alive/i);
    expect((await suite.call("GET", `/${box.id}/startup`)).status).toBe(400);
  });

  suite.it("the model can be changed, and is known when the box is taken up again", async () => {
    const agent = { harness: "claude-code", model: "anthropic/claude-sonnet-4-5" };
    const box = await suite.box({ agent });
    expect(box.modelConfig).toMatchObject(agent);
    await box.configureModel("anthropic/claude-opus-4-5");
    const again = await Box.get(box.id, suite.connection);
    for (const { modelConfig } of [box, again]) {
      expect(modelConfig).toMatchObject({ ...agent, model: "anthropic/claude-opus-4-5" });
    }
  });

  suite.it("a box tells its name and its runtime", async () => {
    const name = uniqueName();
    const box = await suite.ourBox({ name, runtime: "node" });
    expect([box.name, box.runtime]).toEqual([name, "node"]);
  }, ["what a box is called"]);

  suite.it("a box that is gone is deleted without an error", async () => {
    const box = await suite.box();
    await box.delete();
    await box.delete();
  }, ["deleting twice"]);
}

function uniqueName(): string {
  return `conformance-${crypto.randomUUID().slice(0, 8)}`;
}
