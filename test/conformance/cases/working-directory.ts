import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { Suite } from "../suite.ts";

export function workingDirectoryCases(suite: Suite): void {
  suite.it("the working directory is /workspace/home", async () => {
    const box = await suite.box();
    expect(box.cwd).toBe("/workspace/home");
    expect((await box.exec.command("pwd")).stdout).toBe("/workspace/home\n");
  });

  suite.it("cd takes relative, absolute, nested, .. and ./ forms", async () => {
    const box = await suite.box();
    await box.exec.command("mkdir -p a/b 'c d'");
    for (const [to, cwd] of [
      ["a", "/workspace/home/a"],
      ["b", "/workspace/home/a/b"],
      ["..", "/workspace/home/a"],
      ["../a/b", "/workspace/home/a/b"],
      ["./../.", "/workspace/home/a"],
      ["/workspace/home", "/workspace/home"],
      ["./a/b/", "/workspace/home/a/b"],
      ["../../c d", "/workspace/home/c d"],
      ["/tmp", "/tmp"],
      ["/home/boxuser", "/home/boxuser"],
    ] as const) {
      await box.cd(to);
      expect([to, box.cwd]).toEqual([to, cwd]);
      expect((await box.exec.command("pwd")).stdout).toBe(`${cwd}\n`);
    }
  });

  suite.it("cd to what is not there fails with the shell's words and keeps the cwd", async () => {
    const box = await suite.box();
    await box.exec.command("mkdir a");
    await box.cd("a");
    await expect(box.cd("no/such")).rejects.toThrow("cd: no/such: No such file or directory");
    expect(box.cwd).toBe("/workspace/home/a");
    expect((await box.exec.command("pwd")).stdout).toBe("/workspace/home/a\n");
  });

  suite.it("exec, code, streams, files and git follow the cwd", async () => {
    const box = await suite.box();
    await box.exec.command("mkdir work && git -C work init -q");
    await box.cd("work");
    await box.files.write({ path: "here.txt", content: "here" });
    expect((await box.exec.command("cat here.txt")).stdout).toBe("here");
    const code = "console.log(require('node:fs').readFileSync('here.txt', 'utf8'))";
    expect((await box.exec.code({ lang: "js", code })).stdout).toBe("here\n");
    const stream = await box.exec.stream("pwd");
    for await (const chunk of stream) {
      if (chunk.type !== "exit") expect(chunk.data).toBe("/workspace/home/work\n");
    }
    expect(await box.files.read("here.txt")).toBe("here");
    expect((await box.files.list()).map(({ name }) => name)).toContain("here.txt");
    expect(await box.git.status()).toContain("here.txt");
  });

  suite.it("uploads go to the cwd", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "local.txt");
    await writeFile(path, "from here");
    const box = await suite.box();
    await box.exec.command("mkdir work");
    await box.cd("work");
    await box.files.upload([{ path, destination: "remote.txt" }]);
    expect(await box.files.read("/workspace/home/work/remote.txt")).toBe("from here");
  });

  suite.it("an agent run sees the files of the cwd", async () => {
    const box = await suite.agentBox({ read: 'say "$(cat here.txt)"; finish "$(pwd)"' });
    await box.exec.command("mkdir work && printf here > work/here.txt");
    await box.cd("work");
    const stream = await box.agent.stream({ prompt: "read" });
    let said = "";
    for await (const chunk of stream) if (chunk.type === "text-delta") said += chunk.text;
    expect([said, stream.result]).toEqual(["here\n", "/workspace/home/work"]);
  });

  suite.it("outside of the workspace it is followed too", async () => {
    const box = await suite.box();
    await box.cd("/tmp");
    await box.files.write({ path: "a.txt", content: "a" });
    expect((await box.files.list()).map(({ name }) => name)).toContain("a.txt");
    expect((await box.exec.command("cat /tmp/a.txt")).stdout).toBe("a");
  });

  suite.it("cd to a file fails", async () => {
    const box = await suite.box();
    await box.files.write({ path: "file", content: "" });
    await expect(box.cd("file")).rejects.toThrow(/^cd: file: /);
    expect(box.cwd).toBe("/workspace/home");
  }, ["working directories only"]);
}
