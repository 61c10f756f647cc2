import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, Box, EphemeralBox } from "@upstash/box";
import { expect } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { Suite } from "../suite.ts";
import type { Target } from "../target.ts";

const FORGED = 'event: exit\\ndata: {"exit_code":0}\\n\\n';

export const upstashBox: Target = {
  title: "@upstash/box 0.5.5",
  Box,
  EphemeralBox,
  lacks: {
    "two channels in streams": {
      why: "its stream's format has one",
      async shown(suite) {
        const stream = await (await suite.box()).exec.stream("echo err >&2");
        for await (const _ of stream);
        expect([stream.result, stream.stderr]).toEqual(["err\n", ""]);
      },
    },
    "output that looks like a stream's end": {
      why: "it takes the first end that it sees",
      async shown(suite) {
        const stream = await (await suite.box()).exec.stream(`printf '${FORGED}'; exit 9`);
        for await (const _ of stream);
        expect([stream.status, stream.exitCode]).toEqual(["completed", 0]);
      },
    },
    "cancelling a streamed command": {
      why: "it asks with an id of its own, which the service has never heard of",
      async shown(suite) {
        const box = await suite.box();
        const stream = await box.exec.stream("echo begun; sleep 1000");
        for await (const _ of stream) {
          await stream.cancel();
          break;
        }
        expect((await box.exec.command("pgrep -x sleep")).stdout).not.toBe("");
      },
    },
    "commands as arguments": {
      why: "it hands every command to sh",
      async shown(suite) {
        const call = (await suite.ourBox()).exec.command(["printf", "a"]);
        await expect(call).rejects.toMatchObject({ statusCode: 400 });
      },
    },
    sessions: {
      why: "they came with 0.7.1",
      async shown(suite) {
        expect((await suite.box()).exec).not.toHaveProperty("session");
      },
    },
    "code runs with their old names": {
      why: "they were in 0.1, and are in the documentation",
      async shown(suite) {
        const run = await (await suite.box()).exec.code({ lang: "js", code: "" });
        for (const name of ["output", "exit_code"]) expect(run).not.toHaveProperty(name);
      },
    },
    "working directories only": {
      why: "it looks with ls, which is content with a file",
      async shown(suite) {
        const box = await suite.box();
        await box.files.write({ path: "file", content: "" });
        await box.cd("file");
        expect(box.cwd).toBe("/workspace/home/file");
      },
    },
    "file operations": {
      why: "they came with 0.7",
      async shown(suite) {
        const { files } = await suite.box();
        for (const name of ["stat", "mkdir", "rename", "remove"]) {
          expect(files).not.toHaveProperty(name);
        }
      },
    },
    "parts of files": {
      why: "they came with 0.7",
      async shown(suite) {
        const box = await suite.ourBox();
        await box.files.write({ path: "digits", content: "0123456789" });
        expect(await box.files.read("digits", { offset: 3, length: 4 })).toBe("0123456789");
      },
    },
    "directory trees": {
      why: "it skips directories when it downloads, and cannot read them to upload",
      async shown(suite) {
        await using folder = await temporaryFolder();
        await mkdir(join(folder.path, "tree"));
        await writeFile(join(folder.path, "tree/a"), "");
        const box = await suite.box();
        const upload = box.files.upload([{ path: folder.path, destination: "tree" }]);
        await expect(upload).rejects.toThrow(/EISDIR/);
        await box.files.write({ path: "out/below/a", content: "" });
        const before = process.cwd();
        process.chdir(folder.path);
        await box.files.download({ folder: "out" }).finally(() => process.chdir(before));
        expect(await readdir(join(folder.path, "out"))).toEqual([]);
      },
    },
    "options of git.clone": {
      why: "depth and folder came with 0.6.3 and 0.7.2",
      shown: (suite) => sends(suite, "depth", (box) => box.git.clone(NOWHERE)),
    },
    "exit codes of git": {
      why: "they came with 0.7.2",
      async shown(suite) {
        const box = await suite.box();
        expect(await box.git.exec({ args: ["--version"] })).not.toHaveProperty("exitCode");
      },
    },
    "changing schedules": {
      why: "it came with 0.6.1",
      async shown(suite) {
        expect((await suite.box()).schedule).not.toHaveProperty("update");
      },
    },
    "cancelling an agent that is listened to": {
      why: "a promise that it forgets rejects, which ends a Node process",
      async shown(suite) {
        const box = await suite.agentBox({ sleep: "say begun; sleep 1000" });
        const forgotten = await unhandledRejection(async () => {
          const stream = await box.agent.stream({ prompt: "sleep" });
          for await (const { type } of stream) if (type === "text-delta") await stream.cancel();
        });
        expect(forgotten).toMatchObject({ name: "AbortError" });
      },
    },
    "folders of agent runs": {
      why: "a run works in the cwd",
      shown: (suite) =>
        sends(suite, "folder", (box) => box.agent.run({ prompt: "x", folder: "y" })),
    },
    "zod 4": {
      why: "its converter knows zod 3 only, and makes a schema of nothing out of another",
      shown: (suite) =>
        sends(suite, "properties", (box) =>
          box.agent.run({ prompt: "x", responseSchema: z.object({ a: z.string() }) }),
        ),
    },
    "typed streams": {
      why: "only run takes a schema",
      shown: (suite) =>
        sends(suite, "json_schema", (box) =>
          box.agent.stream({ prompt: "x", responseSchema: z.object({ a: z.string() }) }),
        ),
    },
    "codes of errors": {
      why: "its errors have a status",
      async shown(suite) {
        const error = await Box.get("none", suite.connection).catch((thrown) => thrown);
        for (const name of ["code", "requestId"]) expect(error).not.toHaveProperty(name);
      },
    },
    "abort signals": {
      why: "it has none",
      async shown(suite) {
        const box = await suite.ourBox();
        const run = await box.exec.command("echo on", { signal: AbortSignal.abort() });
        expect(run.stdout).toBe("on\n");
      },
    },
    "deleting twice": {
      why: "it throws what the service says",
      async shown(suite) {
        const box = await suite.box();
        await box.delete();
        await expect(box.delete()).rejects.toMatchObject({ statusCode: 404 });
      },
    },
    "what a box is called": {
      why: "a box has its id only",
      async shown(suite) {
        const box = await suite.box({ runtime: "node" });
        for (const name of ["name", "runtime"]) expect(box).not.toHaveProperty(name);
      },
    },
  },
};

const NOWHERE = { repo: "https://127.0.0.1:9/a/b", depth: 1 };

/** Passes when a call's request does not have a word in it. */
async function sends(
  suite: Suite,
  word: string,
  call: (box: Awaited<ReturnType<Suite["ourBox"]>>) => Promise<unknown>,
): Promise<void> {
  const agent = { harness: Agent.Custom, customHarness: { command: "no-such-program" } } as const;
  const box = await suite.ourBox({ agent });
  const { fetch: real } = globalThis;
  const bodies: string[] = [];
  globalThis.fetch = (url, init) => {
    bodies.push(String(init?.body));
    return real(url, init);
  };
  try {
    await call(box).catch(() => {});
  } finally {
    globalThis.fetch = real;
  }
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).not.toContain(`"${word}"`);
}

/** What nobody has caught while this went on; its own error is not meant. */
async function unhandledRejection(work: () => Promise<void>): Promise<unknown> {
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  const caught = once(process, "unhandledRejection");
  try {
    await work().catch(() => {});
    return (await caught)[0];
  } finally {
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
}
