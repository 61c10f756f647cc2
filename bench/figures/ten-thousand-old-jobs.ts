import { registerApp } from "../../dev/dev-app.ts";
import { startGitHub } from "../../dev/github/index.ts";
import { claimJobs } from "../../src/app/jobs/claim-jobs.ts";
import { endJob } from "../../src/app/jobs/end-job.ts";
import { enqueueJob } from "../../src/app/jobs/enqueue-job.ts";
import { openStore } from "../../src/app/store/open-store.ts";
import type { Store } from "../../src/app/store/store.ts";
import { initialState } from "../../src/core/state.ts";
import { aJob } from "../../test/support/a-job.ts";
import { debianPostgres } from "../../test/support/debian-postgres.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { appProcess } from "../support/app-process.ts";
import { connections, deliverAll } from "../support/deliver.ts";
import { someComment } from "../support/delivery-rate.ts";
import { memoryOf } from "../support/memory-of.ts";
import { timed } from "../timed.ts";

const OLD_JOBS = 10_000;
const DELIVERIES = 200;
const JOBS = 20;
const NO_LIMITS = { jobs: Number.POSITIVE_INFINITY, costUsd: Number.POSITIVE_INFINITY };

/** What the past costs the present. */
export const tenThousandOldJobs: Figure = {
  name: "ten-thousand-old-jobs",
  unit: "ratio",
  bar: 1.1,
  good: "at most",
  baseline: `the larger of two ratios to an App with an empty store, on the same Postgres server of Debian's: the time of ${DELIVERIES} deliveries, and that of ${JOBS} jobs from their row in the queue to their end; the store has ${OLD_JOBS} ended jobs with 7 steps and 20 events each, and their deliveries`,
  samples: 20,
  async measure(samples) {
    await using postgres = await debianPostgres({ quick: false });
    const [old, fresh] = [await postgres.database(), await postgres.database()];
    const stores = await Promise.all([open(old), open(fresh)]);
    const [oldStore, freshStore] = stores;
    try {
      await fill(oldStore);
      // Before there are Apps, which would take them.
      const queued = ratio(
        await interleave({
          samples,
          subject: () => timed(() => jobs(oldStore)),
          baseline: () => timed(() => jobs(freshStore)),
        }),
      );
      await using github = await startGitHub();
      const app = registerApp(github);
      await using subject = await appProcess(github, app, { databaseUrl: old });
      await using baseline = await appProcess(github, app, { databaseUrl: fresh });
      const agent = connections(20);
      const deliveries = (url: string) => () =>
        timed(() =>
          deliverAll(
            url,
            Array.from({ length: DELIVERIES }, () => someComment(app.webhookSecret)),
            agent,
          ),
        );
      const delivered = ratio(
        await interleave({
          samples,
          subject: deliveries(subject.webhookUrl),
          baseline: deliveries(baseline.webhookUrl),
        }),
      );
      agent.destroy();
      const memory = async (pid: number) => (await memoryOf([pid])).pss / 1e6;
      return {
        value: Math.max(delivered.value, queued.value),
        details: {
          deliveriesRatio: delivered.value,
          jobsRatio: queued.value,
          readyMilliseconds: subject.readyMilliseconds,
          baselineReadyMilliseconds: baseline.readyMilliseconds,
          megabytes: await memory(subject.pid),
          baselineMegabytes: await memory(baseline.pid),
          samples,
        },
      };
    } finally {
      for (const store of stores) await store.close();
    }
  },
};

const open = (databaseUrl: string) =>
  openStore({ data: "/nonexistent", exclusive: false, databaseUrl, onError: () => {} });

async function fill(store: Store): Promise<void> {
  await store.query(
    `insert into jobs (id, delivery, job, installation, repository, thread_key, branch_key, state,
       attempt, queued_at, started_at, ended_at, status)
     select 'old-' || n, 'old-' || n, '{"request":{}}', n % 50, 'a/b' || n % 50, 'a/b#' || n, 'a/b:' || n,
       'ended', 1, now() - interval '1 day', now() - interval '1 day', now() - interval '1 day',
       'succeeded'
     from generate_series(1, $1::integer) n`,
    [OLD_JOBS],
  );
  await store.query(
    `insert into job_steps (job, name, result, attempt, milliseconds)
     select 'old-' || n, 'step-' || s, '{}', 1, 5
     from generate_series(1, $1::integer) n, generate_series(1, 7) s`,
    [OLD_JOBS],
  );
  await store.query(
    `insert into job_events (job, sequence, event)
     select 'old-' || n, s, '{"type":"agent-text","at":0,"text":"some words of an agent"}'
     from generate_series(1, $1::integer) n, generate_series(1, 20) s`,
    [OLD_JOBS],
  );
  await store.query(
    `insert into deliveries (id, name, payload, state, outcome, done_at)
     select 'old-' || n, 'issue_comment', '', 'done', 'job old-' || n, now()
     from generate_series(1, $1::integer) n`,
    [OLD_JOBS],
  );
  await store.query("analyze");
}

/** From a row in the queue to its end, without what a job does. */
async function jobs(store: Store): Promise<void> {
  const executor = "bench";
  await store.query(
    `insert into executors (id, lease_until) values ($1, now() + interval '1 hour')
     on conflict (id) do nothing`,
    [executor],
  );
  for (let number = 0; number < JOBS; number++) {
    const job = aJob();
    await enqueueJob(store, { job, installation: 1, delivery: job.id }, NO_LIMITS);
    const room = { total: 1_000, perInstallation: 1_000 };
    for (const claim of await claimJobs(store, { executor, room, free: 1 })) {
      await endJob(store, claim, { ...initialState(), outcome: { status: "succeeded" } });
    }
  }
}
