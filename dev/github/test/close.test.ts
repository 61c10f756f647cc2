import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

test("closing ends open pages, git processes and deliveries, and removes the folder", async () => {
  const github = await startGitHub();
  // Never answers: the delivery is under way when the server closes.
  await using hooks = await receiveWebhooks(() => new Promise<number>(() => {}));
  github.createUser({ login: "ada" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { issues: "read" },
    events: ["issues"],
    webhookUrl: hooks.url,
  });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    files: { a: "1" },
  });
  github.installApp(app, { account: "ada" });
  void repository.createIssue({ author: "ada", title: "One" });
  const page = await fetch(`${github.url}/live/ada/engine`);
  expect(page.status).toBe(200);
  const folder = dirname(dirname(repository.folder));
  expect(existsSync(folder)).toBe(true);
  await github.close();
  await github.close();
  expect(existsSync(folder)).toBe(false);
  await expect(fetch(github.url)).rejects.toThrow();
});

test("a folder that was named stays", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dev-github-named-"));
  try {
    const github = await startGitHub({ folder });
    github.createUser({ login: "ada" });
    await github.createRepository({ owner: "ada", name: "engine", files: { a: "1" } });
    await github.close();
    const bare = join(folder, "ada/engine.git");
    expect(
      execFileSync("git", ["log", "--format=%s", "main"], { cwd: bare, encoding: "utf8" }),
    ).toBe("Initial commit\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a process that started one can end as soon as it closed it", async () => {
  const script = `
    const { startGitHub } = await import(${JSON.stringify(new URL("../index.ts", import.meta.url).href)});
    const github = await startGitHub();
    github.createUser({ login: "ada" });
    await github.createRepository({ owner: "ada", name: "engine", files: { a: "1" } });
    await github.close();
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: "inherit",
  });
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
});
