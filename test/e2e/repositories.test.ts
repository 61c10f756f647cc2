import { afterAll, beforeAll, describe, it } from "vitest";
import { runGit } from "../../src/host/run-git.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "odd files": `
printf 'x\\n' > 'with space.txt'
printf 'x\\n' > "quote'and\\"double.txt"
printf 'x\\n' > "$(printf 'line\\nbreak.txt')"
printf 'x\\n' > 'ünï \`code\`.txt'
printf '\\000\\001\\002\\377' > image.bin
chmod +x run.sh
rm link; ln -s README.md link
mkdir -p deep/er; mv moved.txt deep/er/moved.txt
rm gone.txt`,
    "many files":
      "mkdir many; i=0; while [ $i -lt 5000 ]; do echo $i > many/$i.txt; i=$((i+1)); done",
    "one file": "echo work > work.txt",
    "tell the prompt": `printf '%s' "$prompt" > prompt.txt`,
  });
});
afterAll(() => host[Symbol.asyncDispose]());

const BASE = {
  "README.md": "# Site\n",
  "run.sh": "#!/bin/sh\n",
  link: { content: "run.sh", mode: "120000" as const },
  "moved.txt": "a text that is moved and stays as it is\n",
  "gone.txt": "gone\n",
};

describe.concurrent("changes of every kind", () => {
  it("arrive: odd names, binary files, modes, links, renames, removals", async ({ expect }) => {
    const repository = await host.repository({ files: BASE });
    const number = await host.pullRequest(repository);
    const { state, comment } = await host.ask(repository, number, "/box make odd files");
    expect(state.outcome).toEqual({ status: "succeeded" });
    const files = new Map(state.commit?.files.map((file) => [file.path, file]));
    expect([...files.keys()].sort()).toEqual(
      [
        "deep/er/moved.txt",
        "gone.txt",
        "image.bin",
        "line\nbreak.txt",
        "link",
        "quote'and\"double.txt",
        "run.sh",
        "with space.txt",
        "ünï `code`.txt",
      ].sort(),
    );
    expect(files.get("image.bin")).toMatchObject({ status: "added", added: null, deleted: null });
    expect(files.get("deep/er/moved.txt")).toMatchObject({ status: "renamed", added: 0 });
    expect(files.get("gone.txt")).toMatchObject({ status: "deleted" });
    expect(await repository.read("change", "quote'and\"double.txt")).toBe("x\n");
    expect(await repository.read("change", "link")).toBe("README.md");
    expect(await repository.read("change", "image.bin")).toHaveLength(4);
    expect(comment).toContain("**9 files changed**");
    expect(comment).toContain("`image.bin` added binary");
  });

  it("arrive when there are five thousand", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { state, comment } = await host.ask(repository, number, "/box make many files");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("**5,000 files changed** (+5000 −0)");
    expect(comment).toContain("… and 4,980 more");
    expect(await repository.read("change", "many/4999.txt")).toBe("4999\n");
  });

  it("of text filters and pointers are what the box saw", async ({ expect }) => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12\n`;
    const repository = await host.repository({
      files: {
        ".gitattributes": "*.psd filter=lfs diff=lfs merge=lfs -text\n*.txt text eol=crlf\n",
        ".gitmodules": '[submodule "lib"]\n\tpath = lib\n\turl = https://example.com/lib.git\n',
        "art.psd": pointer,
      },
    });
    const number = await host.pullRequest(repository);
    const { state } = await host.ask(repository, number, "/box make one file");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.commit?.files.map(({ path }) => path)).toEqual(["work.txt"]);
    expect(await repository.read("change", "art.psd")).toBe(pointer);
  });
});

describe.concurrent("a repository", () => {
  it("with a pull request of three thousand files is worked on, and the agent is told of the first", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const many = Array.from({ length: 3_000 }, (_, index) => [`many/${index}.txt`, `${index}\n`]);
    const number = await host.pullRequest(repository, { files: Object.fromEntries(many) });
    const { state } = await host.ask(repository, number, "/box tell the prompt");
    expect(state.outcome).toEqual({ status: "succeeded" });
    const prompt = await repository.read("change", "prompt.txt");
    expect(prompt).toMatch(/added many\/\d+\.txt \+1 -0\n/);
    expect(prompt).toContain("[2800 more files were left out]");
    expect(prompt?.length).toBeLessThan(20_000);
  });

  it("with submodules keeps them as they are", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const link = "1".repeat(40);
    await addLink(repository.folder, "change", "lib", link);
    const { state } = await host.ask(repository, number, "/box make one file");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.commit?.files.map(({ path }) => path)).toEqual(["work.txt"]);
    const tree = await runGit(["ls-tree", "change", "lib"], { cwd: repository.folder });
    expect(String(tree)).toBe(`160000 commit ${link}\tlib\n`);
  });

  it("whose default branch has another name gets its pull requests there", async ({ expect }) => {
    const repository = await host.repository({ defaultBranch: "trunk/2" });
    const { number } = await repository.createIssue({ author: host.maintainer, title: "x" });
    const { state } = await host.ask(repository, number, "/box make one file");
    const opened = state.published?.pullRequest?.number ?? 0;
    expect(await repository.pullRequest(opened)).toMatchObject({ base: { ref: "trunk/2" } });
  });
});

/** What `git submodule add` leaves in a tree. */
async function addLink(folder: string, branch: string, path: string, sha: string): Promise<void> {
  const options = { cwd: folder, env: { GIT_INDEX_FILE: `${folder}/links.index` } };
  const git = async (...args: string[]) => String(await runGit(args, options)).trim();
  await git("read-tree", branch);
  await git("update-index", "--add", "--cacheinfo", `160000,${sha},${path}`);
  const tree = await git("write-tree");
  const identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
  const commit = await git(...identity, "commit-tree", tree, "-p", branch, "-m", "link");
  await git("update-ref", `refs/heads/${branch}`, commit);
}

describe.concurrent("branches", () => {
  it.for(["feature/a/b", "日本語-ü", "with'quote;$(x)&"])(
    "%s is worked on",
    async (branch, { expect }) => {
      const repository = await host.repository();
      const number = await host.pullRequest(repository, { branch });
      const { state } = await host.ask(repository, number, "/box make one file");
      expect(state.outcome).toEqual({ status: "succeeded" });
      expect(await repository.read(branch, "work.txt")).toBe("work\n");
    },
  );

  it("are caught up with by a job that waited for another on its thread", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const [first, second] = await Promise.all([
      host.ask(repository, number, "/box run sleep 1; echo 1 > one.txt"),
      host.ask(repository, number, "/box run echo 2 > two.txt"),
    ]);
    expect([first.state.outcome, second.state.outcome]).toEqual([
      { status: "succeeded" },
      { status: "succeeded" },
    ]);
    const [last, before] = await repository.log("change", 2);
    expect(last?.sha).toBe(second.state.published?.sha);
    expect(before?.sha).toBe(first.state.published?.sha);
  });

  it("that somebody else moved while a job waited are not overwritten", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const waiting = await repository.comment(number, {
      author: host.maintainer,
      body: "/box run sleep 2",
    });
    const job = host.ask(repository, number, "/box run echo 2 > two.txt");
    await host.event(waiting.id, "step-started", ({ step }) => step === "agent");
    const moved = await repository.commit("change", { "theirs.txt": "1\n" }, { quiet: true });
    expect((await job).state.outcome).toEqual({ status: "succeeded" });
    expect((await repository.log("change"))[1]?.sha).toBe(moved);
  });
});

describe.concurrent("the repository's own tests", () => {
  const withTest = (test: string) => ({
    "package.json": JSON.stringify({ name: "x", scripts: { test } }),
  });

  it.for<[string, string, string]>([
    ["that pass are a verdict", "echo all good", "Done, and the tests pass"],
    ["that fail do not hold the work back", "echo one is bad; exit 4", "but the tests fail"],
  ])("%s", async ([, test, headline], { expect }) => {
    const repository = await host.repository({ files: withTest(test) });
    const number = await host.pullRequest(repository);
    const { state, comment } = await host.ask(repository, number, "/box make one file");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain(headline);
  });

  it.for([
    ["whose program is not there", { scripts: { test: "no-such-runner" } }, "could not be run"],
    [
      "whose dependencies are not there",
      { scripts: { test: "exit 1" }, devDependencies: { x: "1" } },
      "not installed",
    ],
  ] as const)("%s are no verdict about the change", async ([, manifest, because], { expect }) => {
    const files = { "package.json": JSON.stringify({ name: "x", ...manifest }) };
    const repository = await host.repository({ files });
    const number = await host.pullRequest(repository);
    const { state } = await host.ask(repository, number, "/box make one file");
    expect(state.verdict).toMatchObject({ kind: "none" });
    expect(JSON.stringify(state.verdict)).toContain(because);
  });

  it("leave nothing of theirs in the commit", async ({ expect }) => {
    const repository = await host.repository({ files: withTest("echo report > report.txt") });
    const number = await host.pullRequest(repository);
    const { state } = await host.ask(repository, number, "/box make one file");
    expect(state.commit?.files.map(({ path }) => path)).toEqual(["work.txt"]);
  });

  it("are none when package.json cannot be read, and the work is pushed all the same", async ({
    expect,
  }) => {
    const link = { content: "nowhere.json", mode: "120000" as const };
    const repository = await host.repository({ files: { "package.json": link } });
    const number = await host.pullRequest(repository);
    const { state } = await host.ask(repository, number, "/box make one file");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.verdict).toMatchObject({ kind: "none" });
  });
});

describe("several jobs", () => {
  it("on one thread run one after another, on two repositories at the same time, and who waits says so at once", async ({
    expect,
  }) => {
    const [one, two] = await Promise.all([host.repository(), host.repository()]);
    const [first, second] = await Promise.all([host.pullRequest(one), host.pullRequest(two)]);
    const slowAsked = await one.comment(first, {
      author: host.maintainer,
      body: "/box run sleep 4",
    });
    await host.event(slowAsked.id, "job-started");
    const others = [
      host.ask(one, first, "/box run true"),
      host.ask(two, second, "/box run sleep 4"),
    ];
    const waiting = () =>
      one.comments(first).filter(({ body }) => body?.includes("### 🕓 Waiting"));
    await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
    expect(waiting()[0]?.body).toContain("1 job before it");
    const jobs = await Promise.all([host.end(slowAsked.id), ...others]);
    const [slow, next, other] = jobs.map(({ events }) => {
      const from = events.find(({ type }) => type === "job-started")?.at ?? 0;
      const to = events.find(({ type }) => type === "job-finished")?.at ?? 0;
      return { from, to };
    });
    expect(next?.from).toBeGreaterThanOrEqual(slow?.to ?? Number.POSITIVE_INFINITY);
    expect(other?.from).toBeLessThan(slow?.to ?? 0);
    expect(slow?.from).toBeLessThan(other?.to ?? 0);
    // The comment that said that it waits is the one that says how it ended.
    expect(one.comments(first)).toHaveLength(4);
  });
});
