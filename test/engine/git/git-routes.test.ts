import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../../src/box/index.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

let host: TestEngine;
beforeAll(async () => {
  host = await testEngine();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

async function send(box: Box, method: string, path: string, body: object) {
  const response = await host.request(`/${box.id}/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { error?: string } };
}

describe("git in a box", () => {
  it("sees what is not committed, staged or not, and commits all of it", async () => {
    const box = await host.box();
    await box.git.exec({ args: ["init", "--quiet"] });
    await box.files.write({ path: "a.txt", content: "one\n" });
    await box.git.exec({ args: ["add", "a.txt"] });
    expect(await box.git.status()).toBe("A  a.txt\n");
    const first = await box.git.commit({ message: "First" });
    await box.files.write({ path: "a.txt", content: "two\n" });
    await box.git.exec({ args: ["add", "a.txt"] });
    expect(await box.git.diff()).toMatch(/-one\n\+two/);
    await box.files.write({ path: "new/b.txt", content: "b\n" });
    const second = await box.git.commit({ message: "Second\n\nWith a body." });
    expect(await box.git.diff()).toBe("");
    expect(await box.git.status()).toBe("");
    expect((await box.git.exec({ args: ["log", "--format=%H"] })).output).toBe(
      `${second.sha}\n${first.sha}\n`,
    );
    await expect(box.git.commit({ message: "Nothing" })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(/nothing to commit/),
    });
  });

  it("takes a message and arguments as they are, and refuses those that no process can get", async () => {
    const box = await host.box();
    await box.git.exec({ args: ["init", "--quiet"] });
    await box.files.write({ path: "a.txt", content: "one\n" });
    const message = "--amend $(touch /tmp/x) `id` \"'";
    expect((await box.git.commit({ message })).message).toBe(message);
    expect((await box.git.exec({ args: ["log", "--format=%B", "-1"] })).output.trim()).toBe(
      message,
    );
    expect((await send(box, "POST", "git/commit", { message: "a\0b" })).status).toBe(400);
    expect((await send(box, "POST", "git/exec", { args: ["log", "a\0b"] })).status).toBe(400);
    expect((await send(box, "POST", "git/checkout", { branch: "a\0b" })).status).toBe(400);
    expect((await send(box, "POST", "git/checkout", { branch: "--orphan=x" })).status).toBe(400);
    expect((await send(box, "POST", "git/exec", { args: "log" })).body.error).toMatch(/args/);
  });

  it("tells git's exit code and words when a command fails", async () => {
    const box = await host.box();
    const { status, body } = await send(box, "POST", "git/exec", { args: ["log"] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      exit_code: 128,
      output: expect.stringMatching(/not a git repository/),
    });
  });

  it("changes the identity that a box commits with, under both names of the route", async () => {
    const box = await host.box({ git: { userName: "First", userEmail: "first@x.example" } });
    expect(await send(box, "PUT", "config/git", { git_user_name: "Zoë O'Hara" })).toEqual({
      status: 200,
      body: { git_user_name: "Zoë O'Hara", git_user_email: "first@x.example" },
    });
    expect(await send(box, "PUT", "git-config", { git_user_email: "zoe@x.example" })).toEqual({
      status: 200,
      body: { git_user_name: "Zoë O'Hara", git_user_email: "zoe@x.example" },
    });
    await send(box, "POST", "pause", {});
    await box.git.exec({ args: ["init", "--quiet"] });
    await box.git.exec({ args: ["commit", "--allow-empty", "-m", "Empty"] });
    expect((await box.git.exec({ args: ["log", "--format=%an %ae"] })).output).toBe(
      "Zoë O'Hara zoe@x.example\n",
    );
    const broken = await send(box, "PUT", "config/git", { git_user_name: "a\nb" });
    expect(broken).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/git_user_name/) },
    });
  });
});
