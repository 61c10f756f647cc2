import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function gitCases(suite: Suite): void {
  /** A box with an empty repository in its workspace. */
  const repository = async () => {
    const box = await suite.box();
    await box.git.exec({ args: ["init"] });
    return box;
  };

  suite.it("git init gives the branch master", async () => {
    const box = await repository();
    const { output } = await box.git.exec({ args: ["symbolic-ref", "--short", "HEAD"] });
    expect(output.trim()).toBe("master");
  });

  suite.it("nothing of HOME lies in the workspace: a new repository is clean", async () => {
    const box = await repository();
    await box.exec.command("npm --version; node --version; python3 --version; echo | cat");
    const { output } = await box.git.exec({ args: ["status", "--porcelain"] });
    expect(output).toBe("");
    expect((await box.exec.command("ls -A")).stdout).toBe(".git\n");
  });

  suite.it(
    "a commit works without an identity, is the box's, and answers sha and message",
    async () => {
      const box = await repository();
      await box.files.write({ path: "a.txt", content: "a\n" });
      const commit = await box.git.commit({ message: "feat: a" });
      expect(commit).toMatchObject({
        sha: expect.stringMatching(/^[0-9a-f]{7,40}$/),
        message: "feat: a",
      });
      const { output } = await box.git.exec({ args: ["log", "-1", "--format=%H %an %ae"] });
      expect(output).toMatch(/^[0-9a-f]{40} Upstash Box box@upstash.com$/m);
      expect(output.startsWith(commit.sha)).toBe(true);
    },
  );

  suite.it("status and diff are text: diff has what is not staged", async () => {
    const box = await repository();
    await box.files.write({ path: "a.txt", content: "before\n" });
    expect(await box.git.status()).toContain("a.txt");
    await box.git.commit({ message: "a" });
    expect(await box.git.diff()).toBe("");
    await box.files.write({ path: "a.txt", content: "after\n" });
    const diff = await box.git.diff();
    expect(diff).toContain("-before\n+after");
    expect(await box.git.status()).toContain("a.txt");
  });

  suite.it("an author may be named, and the identity changed", async () => {
    const box = await repository();
    await box.files.write({ path: "a.txt", content: "a" });
    await box.git.commit({ message: "a", authorName: "Jane Doe", authorEmail: "jane@x.example" });
    const config = await box.git.updateConfig({ userName: "John", userEmail: "john@x.example" });
    expect(config).toMatchObject({ git_user_name: "John", git_user_email: "john@x.example" });
    await box.files.write({ path: "b.txt", content: "b" });
    await box.git.commit({ message: "b" });
    const { output } = await box.git.exec({ args: ["log", "--format=%an %ae"] });
    expect(output.trim()).toBe("John john@x.example\nJane Doe jane@x.example");
  });

  suite.it("a box may be created with an identity", async () => {
    const box = await suite.box({ git: { userName: "Ann", userEmail: "ann@x.example" } });
    const { output } = await box.git.exec({ args: ["config", "--get-regexp", "^user"] });
    expect(output).toMatch(/user\.name Ann[\s\S]*user\.email ann@x\.example/);
  });

  suite.it("exec gives git's output, checkout goes to a branch and back", async () => {
    const box = await repository();
    await box.files.write({ path: "a.txt", content: "a" });
    await box.git.commit({ message: "a" });
    await box.git.exec({ args: ["branch", "side"] });
    await box.git.checkout({ branch: "side" });
    const branch = async () => (await box.git.exec({ args: ["branch", "--show-current"] })).output;
    expect((await branch()).trim()).toBe("side");
    await box.git.checkout({ branch: "master" });
    expect((await branch()).trim()).toBe("master");
    await expect(box.git.checkout({ branch: "nowhere" })).rejects.toMatchObject({
      statusCode: expect.any(Number),
    });
  });

  suite.it("a clone goes into the cwd, then cd; a push and a pull request follow", async () => {
    const { github } = suite.local;
    const owner = `owner-${crypto.randomUUID().slice(0, 8)}`;
    const { token } = github.createUser({ login: owner });
    const files = { "README.md": "# Site\n" };
    const remote = await github.createRepository({ owner, name: "site", private: true, files });
    const box = await suite.box({ git: { token } });
    await box.git.clone({ repo: remote.cloneUrl });
    await box.cd("site");
    expect(await box.files.read("README.md")).toBe("# Site\n");
    await box.git.exec({ args: ["checkout", "-b", "change"] });
    await box.files.write({ path: "new.txt", content: "new\n" });
    const { sha } = await box.git.commit({ message: "feat: new" });
    await box.git.push({ branch: "change" });
    expect((await remote.branches()).change).toMatch(new RegExp(`^${sha}`));
    const pull = await box.git.createPR({ title: "New", body: "Text", base: "main" });
    expect(pull).toMatchObject({
      number: expect.any(Number),
      url: expect.stringMatching(/^http/),
      title: "New",
      base: "main",
    });
    const again = box.git.createPR({ title: "New", base: "main" });
    await expect(again).rejects.toMatchObject({ statusCode: 400 });
  }, ["this machine's services"]);

  suite.it("a clone may be shallow, and go where it is told", async () => {
    const { github } = suite.local;
    const owner = `owner-${crypto.randomUUID().slice(0, 8)}`;
    const { token } = github.createUser({ login: owner });
    const files = { "README.md": "# Site\n" };
    const remote = await github.createRepository({ owner, name: "site", private: true, files });
    await remote.commit("main", { "a.txt": "a" });
    const box = await suite.ourBox();
    await box.git.clone({ repo: remote.cloneUrl, depth: 1, folder: "there", token });
    const log = await box.git.exec({ args: ["rev-list", "--count", "HEAD"], folder: "there" });
    expect(log.output.trim()).toBe("1");
  }, ["options of git.clone", "this machine's services"]);

  suite.it("exec says with which code git ended", async () => {
    const box = await suite.ourBox();
    const { exitCode } = await box.git.exec({ args: ["rev-parse", "--verify", "no-such"] });
    expect(exitCode).toBe(128);
  }, ["exit codes of git"]);
}
