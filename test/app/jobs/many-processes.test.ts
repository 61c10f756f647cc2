import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import { enqueueJob } from "../../../src/app/jobs/enqueue-job.ts";
import { aJob } from "../../support/a-job.ts";
import { testStore } from "../../support/test-store.ts";

const PROGRAM = fileURLToPath(new URL("../../support/dispatcher-process.ts", import.meta.url));
const JOBS = 1_000;
const THREADS = 100;
const KILLS = 8;
const NO_LIMITS = { jobs: Number.POSITIVE_INFINITY, costUsd: Number.POSITIVE_INFINITY };

interface Deed {
  job: string;
  attempt: number;
  step: string;
  process: number;
}

it("three processes, killed again and again, do a thousand jobs, none of them twice", {
  timeout: 240_000,
}, async () => {
  await using database = await testStore();
  const { store, url } = database;
  await store.query(
    "create table deeds (n bigserial, job text, attempt integer, step text, process integer)",
  );
  const processes = new Set<ChildProcess>();
  const start = async () => {
    const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    processes.add(child);
    await once(child.stdout, "data");
  };
  const kill = async (child: ChildProcess) => {
    processes.delete(child);
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  try {
    for (let number = 0; number < JOBS; number++) {
      const job = aJob({ thread: (number % THREADS) + 1 });
      await enqueueJob(store, { job, installation: number % 5, delivery: job.id }, NO_LIMITS);
    }
    await Promise.all([start(), start(), start()]);
    const left = async () =>
      (await store.query("select 1 from jobs where state <> 'ended'")).length;
    const each = JOBS / (KILLS + 1);
    for (let kills = 1; kills <= KILLS; kills++) {
      await vi.waitUntil(async () => (await left()) <= JOBS - kills * each, {
        timeout: 60_000,
        interval: 20,
      });
      await sleep(Math.random() * 100);
      const [victim] = [...processes].sort(() => Math.random() - 0.5);
      if (victim !== undefined) await kill(victim);
      void start();
    }
    await vi.waitUntil(async () => (await left()) === 0, { timeout: 120_000, interval: 100 });
  } finally {
    for (const child of processes) await kill(child);
  }

  const deeds = await store.query<Deed>("select job, attempt, step, process from deeds order by n");
  const byJob = new Map<string, Deed[]>();
  for (const deed of deeds) byJob.set(deed.job, [...(byJob.get(deed.job) ?? []), deed]);
  expect(byJob.size).toBe(JOBS);
  let repeated = 0;
  for (const [job, own] of byJob) {
    // Whoever takes a job over goes on where the dead one was: at most its last step is done again.
    const steps = own.map(({ step }) => step);
    const ends = steps.filter((step) => step.startsWith("ended"));
    // Who is killed between its last write and this row has ended the job all the same.
    expect(ends.length).toBeLessThanOrEqual(1);
    const again = own.filter(({ step, attempt }) =>
      own.some((other) => other.step === step && other.attempt < attempt),
    );
    for (const { step, attempt } of again) {
      const before = own.filter((other) => other.attempt < attempt).at(-1);
      expect({ job, step }).toEqual({ job, step: before?.step });
      repeated++;
    }
    expect(steps).toHaveLength(7 + ends.length + again.length);
    // Nobody goes on with an attempt after another has begun.
    const attempts = own.map(({ attempt }) => attempt);
    expect(attempts).toEqual([...attempts].sort((a, b) => a - b));
    const processesOf = new Map(own.map(({ attempt, process }) => [attempt, process]));
    for (const { attempt, process } of own) expect(processesOf.get(attempt)).toBe(process);
  }
  // The kills were felt.
  expect(repeated).toBeGreaterThan(0);
});
