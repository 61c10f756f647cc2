import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";
import { ContractCheck } from "../openapi/check.ts";

const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

test("an answer that GitHub would not give is an error and is remembered", () => {
  const check = new ContractCheck();
  const answer = { status: 201, body: { id: "one" } };
  expect(() => check.response(COMMENT, answer)).toThrow(/is not what GitHub says/);
  expect(() => check.response(COMMENT, { status: 299, body: {} })).toThrow(/not described/);
  expect(() => check.response("GET /nothing", { status: 200, body: {} })).toThrow(/GitHub has no/);
  expect(check.violations).toMatchObject([
    { operation: COMMENT, where: "response", status: 201 },
    { status: 299 },
    { operation: "GET /nothing" },
  ]);
});

test("a query that GitHub would not take is refused and remembered", async () => {
  await using github = await startGitHub();
  const ada = github.createUser({ login: "ada" });
  await github.createRepository({ owner: "ada", name: "engine", files: { a: "1" } });
  const get = async (query: string) => {
    const headers = { authorization: `Bearer ${ada.token}` };
    return (await fetch(`${github.url}/repos/ada/engine/pulls?${query}`, { headers })).status;
  };
  expect(await get("state=all&per_page=5")).toBe(200);
  expect(github.contractViolations).toEqual([]);
  expect(await get("state=sideways")).toBe(422);
  expect(github.contractViolations).toMatchObject([{ where: "query" }]);
});
