import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function run(args: string[], { input = "", env = {} as Record<string, string> } = {}) {
  // A shell hands the key over, so that it is in no command line.
  await using cli = runCli(args, { ...env, INPUT: input }, [
    "sh",
    "-c",
    'printf %s "$INPUT" | "$@"',
    "sh",
  ]);
  const { code } = await cli.exit();
  return { code, stdout: cli.stdout(), stderr: cli.stderr() };
}

describe.concurrent("box-action engine keys", () => {
  it("stores a key for the engine's user alone, lists without it, and removes it", async ({
    expect,
  }) => {
    await using folder = await temporaryFolder();
    const data = ["--data", folder.path];
    const key = "a-key-of-the-test";
    expect(
      await run(["engine", "keys", "set", "anthropic", ...data], { input: `${key}\n` }),
    ).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    const { mode } = await stat(join(folder.path, "settings/keys.json"));
    expect(mode & 0o777).toBe(0o600);
    const listed = await run(["engine", "keys", "list", ...data], { env: { OPENAI_API_KEY: "x" } });
    expect(listed.stdout).toMatch(/anthropic +stored +https:\/\/api.anthropic.com/);
    expect(listed.stdout).toMatch(/openai +environment +https:\/\/api.openai.com/);
    expect(listed.stdout).toMatch(/openrouter +none/);
    expect(listed.stdout).not.toContain(key);
    expect((await run(["engine", "keys", "remove", "anthropic", ...data])).code).toBe(0);
    const again = await run(["engine", "keys", "remove", "anthropic", ...data]);
    expect(again).toMatchObject({
      code: 1,
      stderr: "box-action engine: nothing is stored for anthropic.\n",
    });
  });

  it("knows a server of one's own by its address", async ({ expect }) => {
    await using folder = await temporaryFolder();
    const data = ["--data", folder.path];
    const url = ["--url", "127.0.0.1:8000/v1/"];
    expect((await run(["engine", "keys", "set", "local", "--no-key", ...url, ...data])).code).toBe(
      0,
    );
    const { stdout } = await run(["engine", "keys", "list", "--json", ...data]);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toContainEqual({
      provider: "local",
      base_url: "http://127.0.0.1:8000",
      key: null,
    });
  });

  it.for([
    [["set", "anthropic"], "", /no key was given/],
    [["set", "anthropic"], "two words", /must be one word/],
    [["set", "local"], "k", /local needs --url/],
    [["set", "local", "--url", "ftp://x"], "k", /no address of a server/],
    [["set", "No Name"], "k", /no provider's name/],
    [["fly"], "", /keys takes list, set PROVIDER or remove PROVIDER/],
  ] as const)(
    "%j with %j is refused with the reason",
    async ([args, input, reason], { expect }) => {
      await using folder = await temporaryFolder();
      const { code, stderr } = await run(["engine", "keys", ...args, "--data", folder.path], {
        input,
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
    },
  );
});

describe.concurrent("box-action engine harness", () => {
  it("lists what there is, and names what there is not", async ({ expect }) => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "harnesses/codex-0.169.0"), { recursive: true });
    const { stdout } = await run(["engine", "harness", "list", "--data", folder.path]);
    expect(stdout).toMatch(/claude-code +[\d.]+ +not installed/);
    expect(stdout).toMatch(/codex +0\.169\.0 +\/.*harnesses\/codex-0\.169\.0/);
    const unknown = await run(["engine", "harness", "install", "cursor", "--data", folder.path]);
    expect(unknown.stderr).toMatch(/no harness cursor; there are claude-code, codex, opencode/);
  });

  it("says why it cannot install, and leaves nothing half-done", async ({ expect }) => {
    await using folder = await temporaryFolder();
    const { code, stderr } = await run(
      ["engine", "harness", "install", "codex", "--data", folder.path],
      {
        env: {
          npm_config_registry: "http://127.0.0.1:1/",
          npm_config_fetch_retries: "0",
          npm_config_cache: folder.path,
        },
      },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/codex [\d.]+ is not installed, and cannot be: .*ECONNREFUSED/s);
    expect(stderr).toContain("box-action engine harness install codex");
    const { stdout } = await run(["engine", "harness", "list", "--data", folder.path]);
    expect(stdout).toMatch(/codex +[\d.]+ +not installed/);
  });
});
