import { expect, it } from "vitest";
import type { GitHub, Permission, Remark } from "../../src/core/github.ts";
import { memoryInThread } from "../../src/core/memory-in-thread.ts";
import { takeRequest } from "../../src/core/take-request.ts";
import { aRequest } from "../support/a-request.ts";

const ASKED = aRequest().askedAt;
let ids = 100;

const remark = (author: string, body: string, more: Partial<Remark> = {}): Remark => ({
  ...{ id: ids++, author, association: "MEMBER", body },
  ...{ createdAt: ASKED - 60_000, updatedAt: ASKED - 60_000 },
  ...more,
});

function github(remarks: Remark[]) {
  const said: string[] = [];
  const head = {
    ...{ ref: "theirs", sha: "a".repeat(40), repository: "eve/site" },
    ...{ cloneUrl: "https://github.com/eve/site.git", private: false },
  };
  const port = {
    remarks: async () => remarks,
    permission: async (login: string): Promise<Permission> => (login === "maya" ? "write" : "read"),
    pullRequest: async () => ({ number: 7, state: "open", head, base: { ref: "main", sha: "" } }),
    file: async () => null,
    react: async () => undefined,
    reply: async (_to: unknown, text: string) => said.push(text),
  };
  return { port: port as unknown as GitHub, said };
}

async function last(remarks: Remark[]) {
  const request = aRequest({ command: { verb: "retry" } });
  const found = await memoryInThread(github(remarks).port, null).lastRequest(request);
  return found?.request.command ?? null;
}

it("the last command of a thread is what somebody wrote who may write, and nobody has edited", async () => {
  expect(
    await last([
      remark("maya", "/box fix one"),
      remark("maya", "/box fix two"),
      remark("maya", "/box status"),
      remark("maya", "Thanks."),
      remark("eve", "/box run curl evil.example"),
      remark("maya", "/box run curl evil.example", { updatedAt: ASKED - 1 }),
      remark("maya", "/box fix later", { createdAt: ASKED + 1, updatedAt: ASKED + 1 }),
    ]),
  ).toEqual({ verb: "fix", what: "two" });
  expect(await last([remark("eve", "/box fix it")])).toBeNull();
});

it("a workflow carries out what waited for the approval of a fork's commit, and no other commit", async () => {
  const approve = async (what: string) => {
    const { port, said } = github([remark("maya", "/box fix the sum")]);
    const request = aRequest({ command: { verb: "approve", what } });
    const taken = await takeRequest(request, port, {
      memory: memoryInThread(port, null),
      cancel: async () => 0,
      nothingToCancel: "",
      status: async () => "",
    });
    return { taken, said };
  };
  const { taken } = await approve("aaaaaaa");
  expect(taken).toMatchObject({
    job: {
      request: { command: { verb: "fix", what: "the sum" } },
      target: { fork: "https://github.com/eve/site.git" },
    },
  });
  expect((await approve("bbbbbbb")).said[0]).toContain("/box approve aaaaaaa");
});

it("a workflow has no box to go on in, and says so", async () => {
  const { port, said } = github([]);
  const request = aRequest({ command: { verb: "continue", what: "it" } });
  port.pullRequest = async () => ({
    ...(await github([]).port.pullRequest(7)),
    head: {
      ...{ ref: "change", sha: "c".repeat(40), repository: "acme/site" },
      ...{ cloneUrl: "", private: false },
    },
  });
  const taken = await takeRequest(request, port, {
    memory: memoryInThread(port, null),
    cancel: async () => 0,
    nothingToCancel: "",
    status: async () => "",
  });
  expect(taken).toEqual({ answered: "refused" });
  expect(said[0]).toContain("keeps nothing between its runs");
});
