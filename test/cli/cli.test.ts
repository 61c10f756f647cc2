import { once } from "node:events";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it, vi } from "vitest";
import { Box } from "../../src/box/index.ts";
import { alive, descendants } from "../support/descendants.ts";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Runs a command that ends by itself. */
async function run(args: string[], env: Record<string, string> = {}) {
  await using cli = runCli(args, env);
  const { code } = await cli.exit();
  return { code, stdout: cli.stdout(), stderr: cli.stderr() };
}

describe.concurrent("box-action", () => {
  it.for([[[]], [["help"]], [["--help"]], [["-h"]]])(
    "%j says what can be done",
    async ([args], { expect }) => {
      const { code, stdout, stderr } = await run(args ?? []);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/serve .*\n.*jobs .*\n.*engine /);
    },
  );

  it("an unknown command is named, with those that exist", async ({ expect }) => {
    const { code, stdout, stderr } = await run(["fly"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Unknown command fly.");
    expect(stderr).toContain("serve");
  });

  it.for(["serve", "engine"])("%s --help is not an error", async (command, { expect }) => {
    const { code, stdout } = await run([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: box-action ${command}`);
  });
});

describe.concurrent("box-action serve", () => {
  it("names every variable that it misses", async ({ expect }) => {
    const { code, stdout, stderr } = await run(["serve"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const name of ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET"]) expect(stderr).toContain(name);
  });

  it("whose port is taken says so and ends, with its engine", async ({ expect }) => {
    await using folder = await temporaryFolder();
    await using taken = await takenPort();
    const { code, stderr } = await run(["serve"], {
      APP_ID: "1",
      PRIVATE_KEY: "k",
      WEBHOOK_SECRET: "s",
      PORT: String(taken.port),
      BOX_ACTION_DATA: folder.path,
      LOG_LEVEL: "fatal",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\); choose another port/);
  });
});

describe.concurrent("box-action engine", () => {
  it.for<[string, string[], string]>([
    ["without a key", [], "an API key is needed"],
    ["with a port that is none", ["--api-key", "k", "--port", "http"], "--port must be a number"],
    ["with a port that is too high", ["--api-key", "k", "--port", "65536"], "--port must be"],
    ["with an unknown option", ["--api-key", "k", "--prot", "1"], "--prot"],
  ])("%s says what is wrong", async ([, args, message], { expect }) => {
    const { code, stdout, stderr } = await run(["engine", ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  it("whose port is taken says so and ends", async ({ expect }) => {
    await using folder = await temporaryFolder();
    await using taken = await takenPort();
    const where = ["--port", String(taken.port), "--data", folder.path];
    const { code, stderr } = await run(["engine", "--api-key", "k", ...where]);
    expect(code).toBe(1);
    expect(stderr).toContain("EADDRINUSE");
  });

  it("prints one line of JSON, serves boxes, and leaves nothing running after SIGTERM", async ({
    expect,
  }) => {
    await using folder = await temporaryFolder();
    const args = ["engine", "--port", "0", "--api-key", "k", "--data", folder.path];
    await using cli = runCli(args);
    const { url } = await cli.ready();
    expect(cli.stdout()).toBe(`${JSON.stringify({ url })}\n`);
    const box = await Box.create({ baseUrl: url, apiKey: "k" });
    void box.exec.command("sleep 600").catch(() => undefined);
    const pid = cli.child.pid ?? 0;
    await vi.waitUntil(async () => (await descendants(pid)).length >= 3, { timeout: 10_000 });
    const processes = await descendants(pid);
    cli.child.kill("SIGTERM");
    expect(await cli.exit()).toEqual({ code: 0, signal: null });
    await vi.waitUntil(async () => (await alive(processes)).length === 0, { timeout: 5_000 });
    // The disk of a box stays: an engine that is started again has it.
    expect(await readdir(join(folder.path, "boxes"))).toEqual([box.id]);
  });

  it("without bubblewrap says at once what to install, and to whoever wants a box", async ({
    expect,
  }) => {
    await using folder = await temporaryFolder();
    // util-linux is part of every Debian; the engine locks its data folder with it.
    const programs = join(folder.path, "bin");
    await mkdir(programs);
    await symlink("/usr/bin/flock", join(programs, "flock"));
    const args = ["engine", "--port", "0", "--api-key", "k", "--data", join(folder.path, "data")];
    await using cli = runCli(args, { PATH: programs });
    const { url } = await cli.ready();
    await vi.waitUntil(() => cli.stderr().includes("\n"), { timeout: 10_000 });
    expect(cli.stderr()).toContain("bubblewrap is not installed");
    await expect(Box.create({ baseUrl: url, apiKey: "k" })).rejects.toThrow(
      /bubblewrap is not installed.*apt-get install bubblewrap/,
    );
    cli.child.kill("SIGINT");
    expect(await cli.exit()).toEqual({ code: 0, signal: null });
  });
});

async function takenPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
