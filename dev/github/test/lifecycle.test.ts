import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { startGitHub } from "../index.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

it("an App that is uninstalled, a repository that is taken from it or renamed: it is told, and has nothing there", async () => {
  await using github = await startGitHub();
  await using hooks = await receiveWebhooks();
  github.createUser({ login: "ada" });
  const app = github.createApp({
    ...{ slug: "boxer", permissions: { contents: "read", metadata: "read" } },
    ...{ events: ["repository"], webhookUrl: hooks.url, webhookSecret: "s" },
  });
  for (const name of ["one", "two"]) await github.createRepository({ owner: "ada", name });
  const installation = github.installApp(app, { account: "ada" });
  const auth = github.createInstallationToken(installation);
  const { rest } = new Octokit({ baseUrl: github.apiUrl, auth });
  const status = (repo: string) =>
    rest.repos.get({ owner: "ada", repo }).then(
      (answer) => answer.status,
      (error) => error.status,
    );
  expect([await status("one"), await status("two")]).toEqual([200, 200]);

  const [renamed] = await github.repository("ada/one").rename("uno");
  expect(renamed?.payload).toMatchObject({
    ...{ action: "renamed", changes: { repository: { name: { from: "one" } } } },
    repository: { full_name: "ada/uno" },
  });
  expect([await status("one"), await status("uno")]).toEqual([404, 200]);

  const [removed] = await github.removeFromInstallation(installation, "ada/two");
  expect(removed?.event).toBe("installation_repositories");
  expect(removed?.payload).toMatchObject({ repositories_removed: [{ full_name: "ada/two" }] });

  const [gone] = await github.uninstallApp(installation);
  expect([gone?.event, gone?.action]).toEqual(["installation", "deleted"]);
  expect(await status("uno")).toBe(401);
});
