import { expect, it, vi } from "vitest";
import { appProcesses } from "../support/app-process.ts";
import { debianPostgres } from "../support/debian-postgres.ts";
import { engineProcess } from "../support/engine-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testGitHub } from "../support/test-github.ts";

const POLL = { timeout: 20_000, interval: 50 };

it("two Apps on one database: each can cancel the other's jobs, and one that is killed is taken over from", {
  timeout: 120_000,
}, async () => {
  await using folder = await temporaryFolder();
  await using host = await testGitHub();
  await using postgres = await debianPostgres();
  const { host: gitHost } = new URL(host.github.url);
  await using engine = await engineProcess(`${folder.path}/engine`, [], ["--allow-host", gitHost]);
  const processes = await appProcesses(host, folder.path, {
    "until told": "while [ ! -e /tmp/go ]; do sleep 0.1; done; echo done > done.txt",
  });
  const env = {
    DATABASE_URL: await postgres.database(),
    UPSTASH_BOX_BASE_URL: engine.connection.baseUrl,
    UPSTASH_BOX_API_KEY: engine.connection.apiKey,
  };
  await using first = await processes.start({ ...env, BOX_ACTION_DATA: `${folder.path}/one` });
  const repository = await host.repository();
  const [one, two] = [
    await host.pullRequest(repository),
    await host.pullRequest(repository, { branch: "b" }),
  ];
  const say = (number: number, body: string) =>
    repository.comment(number, { author: host.maintainer, body });
  const comment = (number: number) => repository.comments(number)[1]?.body ?? "";
  await say(one, "/box work until told");
  await say(two, "/box work until told");
  await expect.poll(() => comment(one), POLL).toContain("▶ Work");
  await expect.poll(() => comment(two), POLL).toContain("▶ Work");

  // From here on deliveries come to the second one.
  await using _second = await processes.start({ ...env, BOX_ACTION_DATA: `${folder.path}/two` });
  await say(one, "/box cancel");
  await expect.poll(() => comment(one), POLL).toContain("Cancelled");

  await first.kill();
  // The agent went on in its box, and is found there.
  await expect.poll(() => comment(two), { timeout: 10_000 }).toContain("attempt 2");
  const boxes = await engine.boxes();
  expect(boxes).toHaveLength(1);
  await boxes[0]?.files.write({ path: "/tmp/go", content: "" });
  await expect.poll(() => comment(two), POLL).toContain("Done, not tested");
  await vi.waitUntil(async () => (await engine.boxes()).length === 0, POLL);
  expect(repository.comments(one)).toHaveLength(3);
  expect(repository.comments(two)).toHaveLength(2);
});
