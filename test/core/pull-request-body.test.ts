import { expect, it } from "vitest";
import { pullRequestBody } from "../../src/core/pull-request-body.ts";
import { aRequest } from "../support/a-request.ts";

it("closes the issue it was made for, and no other", () => {
  const body = pullRequestBody(aRequest({ kind: "issue" }), "Done. Closes #8, thanks @team.");
  expect(body.match(/^Closes #7$/gm)).toHaveLength(1);
  expect(body).not.toMatch(/[^&]#8|@team/);
});

it("names who asked without notifying them, and what", () => {
  const body = pullRequestBody(aRequest({ commandLine: "/box fix `x`" }), "Done.");
  expect(body).toContain("[maya](https://github.com/maya)");
  expect(body).toContain("`` /box fix `x` ``");
  expect(body).toContain("in #7.");
});
