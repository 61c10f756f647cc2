import { createSign } from "node:crypto";
import { expect, test } from "vitest";
import { type App, type DevGitHub, startGitHub } from "../index.ts";

async function setUp(clock = { at: Date.parse("2026-03-01T12:00:00Z") }) {
  const github = await startGitHub({ clock: { now: () => clock.at } });
  const ada = github.createUser({ login: "ada" });
  const mallory = github.createUser({ login: "mallory" });
  const app = github.createApp({
    slug: "boxer",
    permissions: { contents: "write", issues: "write", pull_requests: "read" },
  });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    private: true,
    files: { "a.txt": "1\n" },
  });
  const open = await github.createRepository({ owner: "ada", name: "open", files: { a: "1" } });
  const installation = github.installApp(app, { account: "ada", repositories: ["engine"] });
  const token = github.createInstallationToken(installation);
  await repository.createIssue({ author: "ada", title: "One" });
  const call = caller(github);
  return {
    ...{ github, ada, mallory, app, repository, open, installation, token, clock, call },
    [Symbol.asyncDispose]: () => github.close(),
  };
}

function caller(github: DevGitHub) {
  return async (method: string, path: string, token?: string, body?: unknown) => {
    const response = await fetch(github.apiUrl + path, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    // biome-ignore lint/suspicious/noExplicitAny: each test reads its own part of an answer.
    const json: any = text ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, json };
  };
}

function jwt(app: App, at: number, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(at / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = { iat: now, exp: now + 600, iss: app.appId, ...claims };
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(body)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(app.privateKey, "base64url")}`;
}

const ISSUE = "/repos/ada/engine/issues/1";

test("an unknown token is refused, whatever it asks for", async () => {
  await using at = await setUp();
  for (const path of [ISSUE, "/nothing", "/rate_limit"]) {
    const answer = await at.call("GET", path, "ghp_unknown");
    expect([answer.status, answer.json.message]).toEqual([401, "Bad credentials"]);
    expect(answer.json.documentation_url).toContain("https://docs.github.com");
  }
});

test("an installation token ends after an hour", async () => {
  await using at = await setUp();
  expect((await at.call("GET", ISSUE, at.token)).status).toBe(200);
  at.clock.at += 3_600_000;
  expect((await at.call("GET", ISSUE, at.token)).status).toBe(401);
});

test("a token is long and opaque, and one that was revoked is refused", async () => {
  await using at = await setUp();
  expect(at.token).toMatch(/^ghs_\d+_/);
  expect(at.token.length).toBeGreaterThan(480);
  expect((await at.call("DELETE", "/installation/token", at.token)).status).toBe(204);
  expect((await at.call("GET", ISSUE, at.token)).status).toBe(401);
});

test("a private repository does not exist for an outsider, nor for nobody", async () => {
  await using at = await setUp();
  for (const token of [undefined, at.mallory.token]) {
    const answer = await at.call("GET", ISSUE, token);
    expect([answer.status, answer.json.message]).toEqual([404, "Not Found"]);
  }
});

test("a public repository is read by anybody and written by those who may", async () => {
  await using at = await setUp();
  expect((await at.call("GET", "/repos/ada/open")).status).toBe(200);
  const ref = { ref: "refs/heads/x", sha: (await at.open.branches()).main };
  expect((await at.call("POST", "/repos/ada/open/git/refs", undefined, ref)).status).toBe(401);
  const refused = await at.call("POST", "/repos/ada/open/git/refs", at.mallory.token, ref);
  expect(refused.status).toBe(403);
  expect((await at.call("POST", "/repos/ada/open/git/refs", at.ada.token, ref)).status).toBe(201);
});

test("a missing permission is refused in GitHub's words", async () => {
  await using at = await setUp();
  const check = { name: "box", head_sha: (await at.repository.branches()).main };
  const answer = await at.call("POST", "/repos/ada/engine/check-runs", at.token, check);
  expect(answer.status).toBe(403);
  expect(answer.json.message).toBe("Resource not accessible by integration");
});

test("outside its installation an App reads what is public and writes nothing", async () => {
  await using at = await setUp();
  expect((await at.call("GET", "/repos/ada/open", at.token)).status).toBe(200);
  const issue = { title: "Hi" };
  expect((await at.call("POST", "/repos/ada/open/issues", at.token, issue)).status).toBe(403);
});

test("a token with pull_requests alone does not reach an issue", async () => {
  await using at = await setUp();
  const token = at.github.createInstallationToken(at.installation, {
    permissions: { pull_requests: "read" },
  });
  expect((await at.call("GET", `${ISSUE}/comments`, token)).status).toBe(403);
});

test("a body over 65 536 characters is refused and one of that length is not", async () => {
  await using at = await setUp();
  const post = (length: number) =>
    at.call("POST", `${ISSUE}/comments`, at.token, { body: "x".repeat(length) });
  const long = await post(65_537);
  expect([long.status, long.json.message]).toEqual([422, "Validation Failed"]);
  expect(long.json.errors[0].message).toContain("body is too long (maximum is 65536 characters)");
  expect((await post(65_536)).status).toBe(201);
});

test("the 81st comment within a minute meets the secondary limit", async () => {
  await using at = await setUp();
  const comments = `${ISSUE}/comments`;
  const { json } = await at.call("POST", comments, at.token, { body: "0" });
  const edit = () =>
    at.call("PATCH", `/repos/ada/engine/issues/comments/${json.id}`, at.token, { body: "1" });
  for (let count = 1; count < 80; count++) expect((await edit()).status).toBe(200);
  const refused = await edit();
  expect(refused.status).toBe(403);
  expect(refused.json.message).toContain("secondary rate limit");
  expect(refused.headers.get("retry-after")).toBe("60");
  // Reading goes on, and so does another token.
  expect((await at.call("GET", comments, at.token)).status).toBe(200);
  expect((await at.call("POST", comments, at.ada.token, { body: "2" })).status).toBe(201);
  at.clock.at += 60_000;
  expect((await edit()).status).toBe(200);
});

test("malformed JSON, wrong types and missing fields each get their own answer", async () => {
  await using at = await setUp();
  const post = (body: unknown) => at.call("POST", `${ISSUE}/comments`, at.token, body);
  const broken = await post("{");
  expect([broken.status, broken.json.message]).toEqual([400, "Problems parsing JSON"]);
  const wrong = await post({ body: 1 });
  expect(wrong.status).toBe(422);
  expect(wrong.json).toMatchObject({
    message: "Validation Failed",
    errors: [{ field: "body", code: "invalid" }],
  });
  const missing = await post({});
  expect(missing.json.errors).toMatchObject([{ field: "body", code: "missing_field" }]);
  expect(at.github.contractViolations.map((one) => one.where)).toEqual(["request", "request"]);
});

test("an unknown route is not found", async () => {
  await using at = await setUp();
  const answer = await at.call("GET", "/repos/ada/engine/nothing", at.token);
  expect(answer.status).toBe(404);
  expect(answer.json).toMatchObject({ message: "Not Found", status: "404" });
});

test("an App's JWT must be signed, issued and ended as GitHub wants it", async () => {
  await using at = await setUp();
  const now = Math.floor(at.clock.at / 1000);
  const get = async (token: string) => {
    const { status, json } = await at.call("GET", "/app", token);
    return [status, json.message ?? json.slug];
  };
  expect(await get(jwt(at.app, at.clock.at))).toEqual([200, "boxer"]);
  expect(await get(jwt(at.app, at.clock.at, { iss: at.app.clientId }))).toEqual([200, "boxer"]);
  const late = await get(jwt(at.app, at.clock.at, { exp: now + 3600 }));
  expect(late).toEqual([401, expect.stringContaining("too far in the future")]);
  const over = await get(jwt(at.app, at.clock.at, { iat: now - 900, exp: now - 300 }));
  expect(over).toEqual([401, expect.stringContaining("'Expiration time' claim ('exp')")]);
  const early = await get(jwt(at.app, at.clock.at, { iat: now + 300 }));
  expect(early).toEqual([401, expect.stringContaining("'Issued at' claim ('iat')")]);
  const other = at.github.createApp({ slug: "other", permissions: {} });
  const forged = await get(jwt({ ...other, appId: at.app.appId }, at.clock.at));
  expect(forged).toEqual([401, "A JSON web token could not be decoded"]);
  expect((await at.call("GET", ISSUE, jwt(at.app, at.clock.at))).status).toBe(403);
  expect((await at.call("GET", "/app", at.token)).status).toBe(401);
});

test("a token can be narrowed and never widened", async () => {
  await using at = await setUp();
  const path = `/app/installations/${at.installation}/access_tokens`;
  const mint = (body: unknown) => at.call("POST", path, jwt(at.app, at.clock.at), body);
  const narrow = await mint({ repositories: ["engine"], permissions: { contents: "read" } });
  expect(narrow.status).toBe(201);
  expect(narrow.json).toMatchObject({
    permissions: { contents: "read", metadata: "read" },
    repository_selection: "selected",
    expires_at: "2026-03-01T13:00:00Z",
  });
  expect((await at.call("GET", ISSUE, narrow.json.token)).status).toBe(403);
  const more = await mint({ permissions: { pull_requests: "write" } });
  expect(more.status).toBe(422);
  expect(more.json.message).toContain("not granted to this installation");
  const other = await mint({ repositories: ["open"] });
  expect(other.status).toBe(422);
});

test("a collaborator's permission is said in GitHub's words", async () => {
  await using at = await setUp();
  const words = async (login: string) => {
    const path = `/repos/ada/engine/collaborators/${login}/permission`;
    const { status, json } = await at.call("GET", path, at.token);
    return status === 200 ? [json.permission, json.role_name] : status;
  };
  const said: Record<string, unknown> = {};
  for (const role of ["admin", "maintain", "write", "triage", "read", "none"] as const) {
    at.repository.setPermission("mallory", role);
    said[role] = await words("mallory");
  }
  expect(said).toEqual({
    admin: ["admin", "admin"],
    maintain: ["write", "maintain"],
    write: ["write", "write"],
    triage: ["read", "triage"],
    read: ["read", "read"],
    none: ["none", "none"],
  });
  expect(await words("nobody")).toBe(404);
});

test("pull requests that exist, have no commits or no branch are refused", async () => {
  await using at = await setUp();
  await at.repository.commit("fix/a", { "a.txt": "2\n" });
  const post = async (head: string, base = "main") => {
    const body = { title: "A", head, base };
    const { status, json } = await at.call("POST", "/repos/ada/engine/pulls", at.ada.token, body);
    return [status, json.errors?.[0]?.message ?? json.errors?.[0]?.field];
  };
  expect((await post("fix/a"))[0]).toBe(201);
  expect(await post("fix/a")).toEqual([422, "A pull request already exists for ada:fix/a."]);
  expect(await post("main")).toEqual([422, "No commits between ada:main and ada:main"]);
  expect(await post("nothing")).toEqual([422, "head"]);
  expect(await post("fix/a", "nothing")).toEqual([422, "base"]);
});

test("a workflow opens pull requests only where the setting allows it", async () => {
  await using at = await setUp();
  await at.repository.commit("fix", { "a.txt": "2\n" });
  const token = at.github.createActionsToken("ada/engine", {
    permissions: { contents: "write", pull_requests: "write" },
  });
  const open = () =>
    at.call("POST", "/repos/ada/engine/pulls", token, { title: "A", head: "fix", base: "main" });
  at.repository.allowActionsPullRequests(false);
  const refused = await open();
  expect(refused.status).toBe(403);
  expect(refused.json.message).toContain("not permitted to create or approve pull requests");
  at.repository.allowActionsPullRequests(true);
  const opened = await open();
  expect(opened.json.user).toMatchObject({ login: "github-actions[bot]", type: "Bot" });
});

test("a ref moves forward only, unless forced, and cannot be made twice", async () => {
  await using at = await setUp();
  const { main = "" } = await at.repository.branches();
  const sha = await at.repository.commit("main", { "a.txt": "2\n" });
  const refs = "/repos/ada/engine/git/refs";
  const back = await at.call("PATCH", `${refs}/heads/main`, at.token, { sha: main });
  expect([back.status, back.json.message]).toEqual([422, "Update is not a fast forward"]);
  const forced = { sha: main, force: true };
  expect((await at.call("PATCH", `${refs}/heads%2Fmain`, at.token, forced)).status).toBe(200);
  expect((await at.repository.branches()).main).toBe(main);
  const twice = await at.call("POST", refs, at.token, { ref: "refs/heads/main", sha });
  expect(twice.json.message).toBe("Reference already exists");
});

test("check runs take 50 annotations, need a conclusion and belong to their App", async () => {
  await using at = await setUp();
  const app = at.github.createApp({ slug: "checker", permissions: { checks: "write" } });
  const token = at.github.createInstallationToken(at.github.installApp(app, { account: "ada" }));
  const head_sha = (await at.repository.branches()).main;
  const runs = "/repos/ada/engine/check-runs";
  const post = (body: object) => at.call("POST", runs, token, { name: "box", head_sha, ...body });
  expect((await post({ status: "completed" })).status).toBe(422);
  const annotation = {
    path: "a.txt",
    start_line: 1,
    end_line: 1,
    annotation_level: "notice",
    message: "m",
  };
  const output = { title: "t", summary: "s", annotations: Array(51).fill(annotation) };
  expect((await post({ output })).status).toBe(422);
  output.annotations.pop();
  const made = await post({ output });
  expect(made.json.output.annotations_count).toBe(50);
  expect((await at.call("POST", runs, at.ada.token, { name: "box", head_sha })).status).toBe(403);
});

test("lists come in pages that link to each other", async () => {
  await using at = await setUp();
  for (let count = 1; count <= 5; count++) {
    await at.repository.comment(1, { author: "ada", body: `${count}` });
  }
  const page = await at.call("GET", `${ISSUE}/comments?per_page=2&page=2`, at.token);
  expect(page.json.map((one: { body: string }) => one.body)).toEqual(["3", "4"]);
  const at2 = `${at.github.apiUrl}${ISSUE}/comments?per_page=2&page=`;
  expect(page.headers.get("link")).toBe(
    `<${at2}1>; rel="prev", <${at2}3>; rel="next", <${at2}3>; rel="last", <${at2}1>; rel="first"`,
  );
  expect(page.headers.get("x-ratelimit-limit")).toBe("5000");
});

test("an injected failure is met as often as it was asked for", async () => {
  await using at = await setUp();
  at.github.failNext({
    method: "GET",
    path: /\/issues\/1$/,
    status: 502,
    headers: { "retry-after": "3" },
    times: 2,
  });
  const statuses = [];
  for (let count = 0; count < 3; count++) {
    statuses.push((await at.call("GET", ISSUE, at.token)).status);
  }
  expect(statuses).toEqual([502, 502, 200]);
  expect(at.github.requests.filter((one) => one.actor === "boxer[bot]")).toHaveLength(1);
});

test("people without a role cannot change what others wrote", async () => {
  await using at = await setUp();
  const issue = await at.open.createIssue({ author: "ada", title: "One" });
  const said = await at.open.comment(issue.number, { author: "ada", body: "Mine" });
  const path = `/repos/ada/open/issues/comments/${said.id}`;
  expect((await at.call("PATCH", path, at.mallory.token, { body: "Yours" })).status).toBe(403);
  expect((await at.call("DELETE", path, at.mallory.token)).status).toBe(403);
  const labels = `/repos/ada/open/issues/${issue.number}/labels`;
  const labelled = await at.call("POST", labels, at.mallory.token, { labels: ["box"] });
  expect(labelled.status).toBe(403);
});
