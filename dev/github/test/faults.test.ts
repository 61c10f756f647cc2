import { expect, it } from "vitest";
import { startGitHub } from "../index.ts";

async function start() {
  const github = await startGitHub();
  const ada = github.createUser({ login: "ada" });
  const repository = await github.createRepository({ owner: "ada", name: "engine" });
  const { number } = await repository.createIssue({ author: "ada", title: "One" });
  const path = `/repos/ada/engine/issues/${number}/comments`;
  const comment = (signal?: AbortSignal) =>
    fetch(`${github.apiUrl}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({ body: "hello" }),
      ...(signal && { signal }),
    });
  const comments = () => repository.comments(number).length;
  return { github, comment, comments };
}

const COMMENTS = { method: "POST", path: /comments$/ };

it("a request that is held before goes on when it is released", async () => {
  const { github, comment, comments } = await start();
  await using _closed = github;
  const before = comments();
  const hold = github.holdNext({ ...COMMENTS, when: "before" });
  const answer = comment();
  await hold.reached;
  expect(comments()).toBe(before);
  hold.release();
  expect((await answer).status).toBe(201);
  expect(comments()).toBe(before + 1);
});

it("a request that is held after is done, and its client does not hear of it", async () => {
  const { github, comment, comments } = await start();
  await using _closed = github;
  const before = comments();
  const hold = github.holdNext({ ...COMMENTS, when: "after" });
  const client = new AbortController();
  const answer = comment(client.signal);
  await hold.reached;
  expect(comments()).toBe(before + 1);
  client.abort();
  await expect(answer).rejects.toThrow();
  hold.release();
});

it("a request whose client has gone before it was carried out is not", async () => {
  const { github, comment, comments } = await start();
  await using _closed = github;
  const before = comments();
  const hold = github.holdNext({ ...COMMENTS, when: "before" });
  const client = new AbortController();
  const answer = comment(client.signal);
  await hold.reached;
  client.abort();
  await expect(answer).rejects.toThrow();
  await hold.left;
  hold.release();
  expect((await comment()).status).toBe(201);
  expect(comments()).toBe(before + 1);
});

it("in an outage REST is cut off or answered by nobody, pages are there, and it ends", async () => {
  const { github, comment } = await start();
  await using _closed = github;
  github.setOutage("cut");
  await expect(comment()).rejects.toThrow();
  github.setOutage("503");
  expect((await comment()).status).toBe(503);
  expect((await fetch(`${github.url}/ada/engine`)).status).toBe(200);
  github.setOutage("hang");
  await expect(comment(AbortSignal.timeout(200))).rejects.toThrow();
  github.setOutage(null);
  expect((await comment()).status).toBe(201);
});
