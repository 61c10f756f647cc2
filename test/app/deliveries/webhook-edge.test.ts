import { createHmac, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryHandle } from "../../../dev/github/index.ts";
import { type TestApp, testApp } from "../../support/test-app.ts";

let host: TestApp;
let repository: RepositoryHandle;
let payload: string;
beforeAll(async () => {
  host = await testApp();
  repository = await host.repository();
  const { number } = await repository.createIssue({ author: host.maintainer, title: "Here" });
  const said = await repository.comment(number, { author: host.maintainer, body: "just words" });
  const [delivery] = await said.delivered;
  // A command, if anybody should take this for a delivery.
  payload = JSON.stringify(delivery?.payload).replaceAll("just words", "/box run true");
});
afterAll(() => host[Symbol.asyncDispose]());

const sign = (body: string, secret = host.app.webhookSecret ?? "") =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

function deliver(body: string, headers: Record<string, string | undefined> = {}) {
  const all: Record<string, string | undefined> = {
    "content-type": "application/json",
    "x-github-event": "issue_comment",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": sign(body),
    ...headers,
  };
  const sent = Object.entries(all).filter(([, value]) => value !== undefined);
  return fetch(`${host.served.url}/api/github/webhooks`, {
    method: "POST",
    headers: Object.fromEntries(sent) as Record<string, string>,
    body,
  });
}

/** Nothing that anybody could see came of what was delivered before. */
async function nothingWasDone() {
  const { number } = await repository.createIssue({ author: host.maintainer, title: "After" });
  await repository.comment(number, { author: host.maintainer, body: "/box help" });
  await expect.poll(() => repository.comments(number).length, { timeout: 20_000 }).toBe(2);
  expect(repository.comments(1)).toHaveLength(1);
  expect(host.ended).toEqual([]);
}

describe("a delivery is refused and leads to nothing", () => {
  it.each<[string, number, () => Record<string, string | undefined>]>([
    ["with a wrong signature", 401, () => ({ "x-hub-signature-256": sign(payload, "another") })],
    ["with half a signature", 401, () => ({ "x-hub-signature-256": "sha256=" })],
    ["with the signature of another algorithm", 401, () => ({ "x-hub-signature-256": "sha1=0" })],
    ["without a signature", 401, () => ({ "x-hub-signature-256": undefined })],
    ["without an event", 400, () => ({ "x-github-event": undefined })],
    ["without an id", 400, () => ({ "x-github-delivery": undefined })],
    ["as a form", 415, () => ({ "content-type": "application/x-www-form-urlencoded" })],
  ])("%s: %i", async (_title, status, headers) => {
    const answer = await deliver(payload, headers());
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/\w/) });
  });

  it("with a body that was changed after it was signed: 401", async () => {
    const answer = await deliver(payload.replace("run true", "run evil"), {
      "x-hub-signature-256": sign(payload),
    });
    expect(answer.status).toBe(401);
  });

  it("that is not JSON although it is signed: 400", async () => {
    expect((await deliver("not JSON")).status).toBe(400);
  });

  it("larger than GitHub sends: 413, before it was read", async () => {
    expect(await statusOfAnnounced(26 * 1024 * 1024)).toBe("413");
  });

  it("and in all that nothing was done", nothingWasDone);
});

describe("a delivery is taken and ignored", () => {
  it.each(["null", "7", "[]", "{}", '{"action":"created"}'])("when it says %s", async (body) => {
    expect((await deliver(body)).status).toBe(202);
  });

  it("when its event is not one of ours", async () => {
    expect((await deliver(payload, { "x-github-event": "star" })).status).toBe(202);
  });

  it("when it names no installation", async () => {
    const { installation, ...rest } = JSON.parse(payload);
    expect(installation).toBeDefined();
    expect((await deliver(JSON.stringify(rest))).status).toBe(202);
  });

  it("and in all that nothing was done", nothingWasDone);
});

it("health is told without a signature, other paths are not there", async () => {
  expect(await (await fetch(`${host.served.url}/healthz`)).json()).toEqual({ ok: true });
  expect((await fetch(`${host.served.url}/api/github/webhooks`)).status).toBe(404);
});

/** Sends only the head of a request: an answer that comes has not waited for the body. */
async function statusOfAnnounced(bytes: number): Promise<string | undefined> {
  const { hostname, port } = new URL(host.served.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `POST /api/github/webhooks HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
  return (await text(socket)).split(" ")[1];
}
