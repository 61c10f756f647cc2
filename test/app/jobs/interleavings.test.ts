import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { cancelJobs } from "../../../src/app/jobs/cancel-jobs.ts";
import { Dispatcher, type DispatcherOptions } from "../../../src/app/jobs/dispatcher.ts";
import { enqueueJob } from "../../../src/app/jobs/enqueue-job.ts";
import type { Job } from "../../../src/core/job.ts";
import { aJob } from "../../support/a-job.ts";
import { testStore } from "../../support/test-store.ts";
import { type Deed, stepwise } from "./work.ts";

const JOBS = 300;
const ROOM = { total: 8, perInstallation: 5 };
const NO_LIMITS = { jobs: Number.POSITIVE_INFINITY, costUsd: Number.POSITIVE_INFINITY };

type Act =
  | { act: "deliver"; thread: number; owner: number }
  | { act: "deliver again"; which: number }
  | { act: "cancel"; which: number }
  | { act: "kill"; which: number }
  | { act: "look" };

const acts = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        act: fc.constant("deliver" as const),
        thread: fc.integer({ min: 1, max: 25 }),
        owner: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constant("deliver again" as const), which: fc.nat() }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("cancel" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("kill" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("look" as const) }) },
  ) as fc.Arbitrary<Act>,
  { minLength: 500, maxLength: 500 },
);

it("deliveries, kills and cancels in any order: each job ends once, in the order of its thread, within the room", {
  timeout: 180_000,
}, async () => {
  await using database = await testStore();
  const { store } = database;
  const [script = []] = fc.sample(acts, { numRuns: 1, seed: 4 });
  const deeds: Deed[] = [];
  const pause = () => Math.random() * 4;
  const open = async () => {
    const dispatcher = new Dispatcher({
      store,
      room: ROOM,
      work: stepwise(store, (deed) => void deeds.push(deed), pause),
      log: { info: () => {}, error: () => {} },
    } as unknown as DispatcherOptions);
    await dispatcher.start();
    return dispatcher;
  };
  let dispatchers: Dispatcher[] = await Promise.all([open(), open(), open()]);
  const jobs: Job[] = [];
  const cancelled = new Set<string>();
  const enqueue = (job: Job, owner: number) =>
    enqueueJob(store, { job, installation: owner, delivery: job.request.id }, NO_LIMITS);

  for (const act of [...script, ...script]) {
    if (act.act === "deliver" && jobs.length < JOBS) {
      const job = aJob({ thread: act.thread, owner: `owner-${act.owner}` });
      jobs.push(job);
      expect(await enqueue(job, act.owner)).toEqual({ kind: "queued" });
      void dispatchers[0]?.wake();
    }
    const known = "which" in act ? jobs[act.which % Math.max(1, jobs.length)] : undefined;
    if (act.act === "deliver again" && known) {
      expect(await enqueue(known, 1)).toEqual({ kind: "known" });
    }
    if (act.act === "cancel" && known) {
      const [hit] = await cancelJobs(store, { job: known.id }, { by: "maya" });
      if (hit !== undefined) cancelled.add(hit);
    }
    if (act.act === "kill") {
      const victim = dispatchers[act.which % dispatchers.length];
      // What the others see of a process that was killed. It goes on, and has to be kept from writing.
      await store.query(
        "update executors set lease_until = now() - interval '1 second' where id = $1",
        [victim?.executor],
      );
      dispatchers = [...dispatchers.filter((one) => one !== victim), await open()];
      if (victim !== undefined) zombies.push(victim);
    }
    if (act.act === "look") {
      const [count] = await store.query<{ running: number }>(
        "select count(*)::integer as running from jobs where state = 'running' and cancel is null",
      );
      expect(count?.running).toBeLessThanOrEqual(ROOM.total);
    }
  }
  expect(jobs).toHaveLength(JOBS);
  await vi.waitUntil(async () => (await liveJobs()) === 0, { timeout: 120_000, interval: 200 });
  for (const dispatcher of [...dispatchers, ...zombies.splice(0)]) await dispatcher.stop("over", 0);

  const rows = await store.query<{ id: string; status: string; thread_key: string }>(
    "select id, status, thread_key from jobs order by sequence",
  );
  expect(rows.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id));
  for (const { id, status } of rows) {
    const ends = deeds.filter(({ job, step }) => job === id && step.startsWith("ended"));
    expect(ends.map(({ step }) => step)).toEqual([`ended ${status}`]);
    if (status === "cancelled") expect(cancelled).toContain(id);
    else expect(status).toBe("succeeded");
    // No attempt goes back behind what an earlier one has finished.
    const steps = await store.query<{ name: string; attempt: number }>(
      "select name, attempt from job_steps where job = $1 order by finished_at",
      [id],
    );
    const attempts = steps.map(({ attempt }) => attempt);
    expect(attempts).toEqual([...attempts].sort((a, b) => a - b));
    if (status === "succeeded") expect(steps).toHaveLength(7);
  }
  // In each thread those that were worked on began in the order of asking.
  for (const thread of new Set(rows.map(({ thread_key }) => thread_key))) {
    const asked = rows.filter(({ thread_key }) => thread_key === thread).map(({ id }) => id);
    const begun = [
      ...new Set(deeds.filter(({ job }) => asked.includes(job)).map(({ job }) => job)),
    ].filter((job) => rows.find(({ id }) => id === job)?.status === "succeeded");
    expect(begun).toEqual(asked.filter((id) => begun.includes(id)));
  }

  async function liveJobs(): Promise<number> {
    return (await store.query("select 1 from jobs where state <> 'ended'")).length;
  }
});

const zombies: Dispatcher[] = [];
