import { afterEach, describe, expect, it, vi } from "vitest";
import { Agent, Box, BoxApiKey, ClaudeCode } from "../../src/box/index.ts";
import { passTimeUntilSettled } from "./pass-time.ts";
import { BOX, sendJson, startPeer } from "./peer.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("Box.create", () => {
  it("sends every option as the service names it", async () => {
    await using peer = await startPeer(() => BOX);
    await Box.create({
      ...peer.connection,
      name: "my-box",
      labels: ["ci"],
      runtime: "node",
      size: "large",
      keepAlive: true,
      initCommand: "npm start",
      agent: {
        harness: Agent.ClaudeCode,
        model: ClaudeCode.Sonnet_4_5,
        apiKey: BoxApiKey.UpstashKey,
      },
      git: { token: "token-of-a-test", userName: "John Doe", userEmail: "john@example.com" },
      env: { NODE_ENV: "production" },
      attachHeaders: { "api.example.com": { authorization: "x" } },
      networkPolicy: {
        mode: "custom",
        allowedDomains: ["*.example.com"],
        deniedCidrs: ["1.2.3.4/32"],
      },
      skills: ["owner/repo/skill"],
      mcpServers: [
        { name: "a", package: "a-server", args: ["--x"] },
        { name: "b", url: "https://b.example.com", headers: { x: "y" } },
      ],
    });
    expect(peer.requests[0]).toMatchObject({ method: "POST", path: "/v2/box" });
    expect(peer.requests[0]?.headers["content-type"]).toBe("application/json");
    expect(peer.requests[0]?.body).toEqual({
      name: "my-box",
      labels: ["ci"],
      runtime: "node",
      size: "large",
      keep_alive: true,
      init_command: "npm start",
      agent: "claude-code",
      model: "anthropic/claude-sonnet-4-5",
      agent_api_key: "UPSTASH_KEY",
      github_token: "token-of-a-test",
      git_user_name: "John Doe",
      git_user_email: "john@example.com",
      env_vars: { NODE_ENV: "production" },
      attach_headers: { "api.example.com": { authorization: "x" } },
      network_policy: {
        mode: "custom",
        allowed_domains: ["*.example.com"],
        denied_cidrs: ["1.2.3.4/32"],
      },
      skills: ["owner/repo/skill"],
      mcp_servers: [
        { name: "a", source: "npm", package_or_url: "a-server", args: ["--x"] },
        { name: "b", source: "url", package_or_url: "https://b.example.com", headers: { x: "y" } },
      ],
    });
  });

  it("sends nothing that was not asked for", async () => {
    await using peer = await startPeer(() => BOX);
    await Box.create(peer.connection);
    expect(peer.requests).toMatchObject([{ body: {} }]);
    expect(peer.requests).toHaveLength(1);
  });

  it.each(["harness", "provider", "runner"])("takes the agent's name as %s", async (name) => {
    await using peer = await startPeer(() => BOX);
    const agent = { [name]: "codex", model: "m" } as unknown as { harness: string };
    await Box.create({ ...peer.connection, agent });
    expect(peer.requests[0]?.body).toEqual({ agent: "codex", model: "m" });
  });

  it("takes a harness of one's own, for which a model need not be named", async () => {
    await using peer = await startPeer(() => BOX);
    const customHarness = { command: "/workspace/home/agent", args: ["-v"] };
    await Box.create({ ...peer.connection, agent: { harness: Agent.Custom, customHarness } });
    expect(peer.requests[0]?.body).toEqual({
      agent: "custom",
      model: "custom",
      custom_runner: customHarness,
    });
  });

  it("refuses an agent without a name before it sends anything", async () => {
    await using peer = await startPeer(() => BOX);
    const agent = { model: "m" } as unknown as { harness: string };
    await expect(Box.create({ ...peer.connection, agent })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    expect(peer.requests).toEqual([]);
  });

  it("waits for a box that is still being created", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const states = ["creating", "creating", "idle"];
    await using peer = await startPeer(() => ({ ...BOX, status: states.shift() }));
    await passTimeUntilSettled(Box.create(peer.connection));
    expect(peer.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v2/box",
      "GET /v2/box/box-1",
      "GET /v2/box/box-1",
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says where to look when the box does not come up", async () => {
    await using peer = await startPeer(() => ({ ...BOX, status: "error" }));
    await expect(Box.create(peer.connection)).rejects.toMatchObject({
      code: "box_failed",
      message: expect.stringContaining("log"),
    });
  });

  it("deletes the box when the caller gives up on it", async () => {
    await using peer = await startPeer(() => ({ ...BOX, status: "creating" }));
    const controller = new AbortController();
    const creation = Box.create({ ...peer.connection, signal: controller.signal });
    const settled = expect(creation).rejects.toMatchObject({ code: "aborted" });
    await peer.seen("/v2/box");
    setTimeout(() => controller.abort(), 100);
    await settled;
    while (peer.requests.at(-1)?.method !== "DELETE") await new Promise(setImmediate);
  });

  it("gives up on a box that is created for ever, and deletes it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using peer = await startPeer(({ method }) => ({ ...BOX, status: "creating", method }));
    const creation = Box.create({ ...peer.connection, timeout: 0 });
    await passTimeUntilSettled(creation.catch(() => {}));
    await expect(creation).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("300000 ms"),
    });
    vi.useRealTimers();
    while (peer.requests.at(-1)?.method !== "DELETE") await new Promise(setImmediate);
  });
});

describe("Box", () => {
  it("shows what the service says about it", async () => {
    await using peer = await startPeer(() => ({
      ...BOX,
      name: "my-box",
      labels: ["ci"],
      size: "large",
      keep_alive: true,
      runtime: "node",
    }));
    const box = await Box.getByName("my-box", peer.connection);
    expect(peer.requests[0]?.path).toBe("/v2/box/my-box");
    expect(box).toMatchObject({
      id: "box-1",
      name: "my-box",
      size: "large",
      keepAlive: true,
      runtime: "node",
      cwd: "/workspace/home",
      modelConfig: { harness: "claude-code", model: "anthropic/claude-sonnet-4-5" },
    });
  });

  it("has sensible answers where the service is silent or says null", async () => {
    await using peer = await startPeer(() => ({ id: "b", status: "ready", labels: null }));
    const box = await Box.get("b", peer.connection);
    expect(box).toMatchObject({ size: "small", keepAlive: false });
    expect(await box.labels.list()).toEqual([]);
    expect(box.modelConfig).toEqual({ harness: undefined, model: undefined });
  });

  it("cannot be reached by a name that leads elsewhere", async () => {
    await using peer = await startPeer(() => BOX);
    await Box.get("../a b?c", peer.connection);
    expect(peer.requests[0]?.path).toBe("/v2/box/..%2Fa%20b%3Fc");
    await expect(Box.get("", peer.connection)).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(Box.delete(["a", ""], peer.connection)).rejects.toMatchObject({
      code: "invalid_argument",
    });
    expect(peer.requests).toHaveLength(1);
  });

  it("is listed, by label too", async () => {
    await using peer = await startPeer(() => [BOX]);
    expect(await Box.list({ ...peer.connection, label: "ci" })).toEqual([BOX]);
    expect(peer.requests[0]?.query).toEqual({ label: "ci" });
  });

  it("tells its status", async () => {
    await using peer = await startPeer(({ path }) =>
      path.endsWith("/status") ? { status: "paused" } : BOX,
    );
    const box = await Box.get("box-1", peer.connection);
    expect(await box.getStatus()).toEqual({ status: "paused" });
  });

  it("is deleted at the end of its block, also when it is gone already", async () => {
    await using peer = await startPeer(({ method }, response) => {
      if (method === "DELETE") sendJson(response, { error: "box not found" }, 404);
      else return BOX;
    });
    {
      await using box = await Box.get("box-1", peer.connection);
      expect(box.id).toBe("box-1");
    }
    expect(peer.requests.at(-1)).toMatchObject({ method: "DELETE", path: "/v2/box/box-1" });
  });
});

describe("box.cd", () => {
  it("moves everything that follows, and stays put when there is no such directory", async () => {
    await using peer = await startPeer(({ path, body }) => {
      if (path === "/v2/box/box-1") return BOX;
      const { command } = { command: [], ...(body as { command?: string[] }) };
      return { exit_code: command.includes("/workspace/home/nowhere") ? 1 : 0, output: "" };
    });
    const box = await Box.get("box-1", peer.connection);
    await box.cd("my-project");
    expect(box.cwd).toBe("/workspace/home/my-project");
    expect(peer.requests.at(-1)?.body).toEqual({
      command: ["test", "-d", "/workspace/home/my-project"],
    });
    await box.exec.command("ls");
    expect(peer.requests.at(-1)?.body).toEqual({
      command: ["sh", "-c", "ls"],
      folder: "my-project",
    });
    await box.git.status();
    expect(peer.requests.at(-1)?.query).toEqual({ folder: "my-project" });
    await box.files.list();
    expect(peer.requests.at(-1)?.query).toEqual({ folder: "/workspace/home/my-project" });
    await expect(box.cd("../nowhere")).rejects.toMatchObject({
      code: "no_such_directory",
      message: expect.stringContaining("cd: ../nowhere: No such file or directory"),
    });
    expect(box.cwd).toBe("/workspace/home/my-project");
    await box.cd("/tmp");
    await box.exec.command("ls");
    expect(peer.requests.at(-1)?.body).toMatchObject({ folder: "/tmp" });
    await box.cd("/workspace/home/");
    await box.exec.command("ls", { folder: "a" });
    expect(peer.requests.at(-1)?.body).toMatchObject({ folder: "a" });
  });
});
