import { expect, it } from "vitest";
import { prune } from "../../src/app/clean-up/prune.ts";
import { sweepBoxes } from "../../src/app/clean-up/sweep-boxes.ts";
import { enqueueJob } from "../../src/app/jobs/enqueue-job.ts";
import { aJob } from "../support/a-job.ts";
import { testEngine } from "../support/test-engine.ts";
import { testStore } from "../support/test-store.ts";

const NO_LIMITS = { jobs: Number.POSITIVE_INFINITY, costUsd: Number.POSITIVE_INFINITY };

it("what ended long ago is forgotten, with its events and steps; what has not ended is not", async () => {
  await using database = await testStore();
  const { store } = database;
  await store.query(
    `insert into jobs (id, delivery, job, installation, repository, thread_key, branch_key, state, ended_at)
     select 'old-' || n, 'd', '{}', 1, 'a/b', 'a/b#1', 'a/b:c', 'ended', now() - interval '31 days'
     from generate_series(1, 1200) n`,
  );
  await store.query("insert into job_events select id, 0, '{}' from jobs");
  await store.query("insert into job_steps select id, 'prepare', '{}', 1, 5 from jobs");
  await store.query(
    `insert into jobs (id, delivery, job, installation, repository, thread_key, branch_key, state, queued_at, ended_at)
     values ('waits', 'd', '{}', 1, 'a/b', 'a/b#1', 'a/b:c', 'queued', now() - interval '90 days', null),
       ('new', 'd', '{}', 1, 'a/b', 'a/b#1', 'a/b:c', 'ended', now(), now() - interval '29 days')`,
  );
  await store.query(
    `insert into deliveries (id, name, payload, state, received_at)
     values ('old', 'ping', '', 'done', now() - interval '31 days'),
       ('poisoned', 'ping', '', 'poisoned', now() - interval '31 days'),
       ('waits', 'ping', '', 'waiting', now() - interval '31 days'),
       ('new', 'ping', '', 'done', now())`,
  );
  expect(await prune(store, 30)).toEqual({ jobs: 1_200, deliveries: 2 });
  expect(await store.query("select id from jobs order by id")).toEqual([
    { id: "new" },
    { id: "waits" },
  ]);
  expect(await store.query("select 1 from job_events union select 1 from job_steps")).toEqual([]);
  expect(await store.query("select id from deliveries order by id")).toEqual([
    { id: "new" },
    { id: "waits" },
  ]);
});

it("boxes of jobs that have ended are deleted; those of live jobs, and of others, are not", async () => {
  await using database = await testStore();
  const { store } = database;
  await using engine = await testEngine();
  const [ended, live, unknown] = [aJob(), aJob(), aJob()];
  for (const job of [ended, live]) {
    await enqueueJob(store, { job, installation: 1, delivery: job.id }, NO_LIMITS);
  }
  await store.query("update jobs set state = 'ended', ended_at = now() where id = $1", [ended.id]);
  for (const { id } of [ended, live, unknown]) await engine.box({ labels: [`job:${id}`] });
  await engine.box({ labels: ["mine"] });
  const labels = async () => {
    const boxes = (await (await engine.request("")).json()) as Array<{ labels: string[] }>;
    return boxes.flatMap((box) => box.labels).sort();
  };
  expect(await sweepBoxes(store, engine.connection, false)).toBe(1);
  expect(await labels()).toEqual([`job:${live.id}`, `job:${unknown.id}`, "mine"].sort());
  // In an engine of the App's own nobody else has boxes.
  expect(await sweepBoxes(store, engine.connection, true)).toBe(1);
  expect(await labels()).toEqual([`job:${live.id}`, "mine"].sort());
});

it("of two processes one gives a repository its last job of the day", async () => {
  await using database = await testStore();
  const { store } = database;
  const other = await database.another();
  const limits = { jobs: 3, costUsd: Number.POSITIVE_INFINITY };
  const enqueued = await Promise.all(
    Array.from({ length: 10 }, (_, index) => {
      const job = aJob();
      return enqueueJob(
        index % 2 === 0 ? store : other,
        { job, installation: 1, delivery: job.id },
        limits,
      );
    }),
  );
  expect(enqueued.filter(({ kind }) => kind === "queued")).toHaveLength(3);
  expect(enqueued.filter(({ kind }) => kind === "over-limit")).toHaveLength(7);
  expect(await store.query("select 1 from jobs")).toHaveLength(3);
  await store.query("update usage_days set jobs = 0, cost_usd = 4");
  await store.query("update jobs set cost_usd = 0.5, state = 'running' where sequence = 1");
  const job = aJob();
  const over = await enqueueJob(
    store,
    { job, installation: 1, delivery: job.id },
    { jobs: 100, costUsd: 4.5 },
  );
  expect(over).toEqual({ kind: "over-limit", limit: "cost" });
});
