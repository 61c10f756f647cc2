import { setTimeout } from "node:timers/promises";
import { expect, vi } from "vitest";
import type { Hold, RepositoryHandle } from "../../../dev/github/index.ts";
import { jobId } from "../../../src/core/job.ts";
import { MOMENTS, type Moment } from "./moments.ts";
import { type SurvivalWorld, survivalWorld } from "./survival-world.ts";

/** What goes wrong for all jobs at once, and is over when it returns. */
export type Fault = (world: SurvivalWorld, held: readonly Hold[]) => Promise<void>;

interface Brought {
  moment: Moment;
  job: string;
  repository: RepositoryHandle;
  issue: number;
  hold: Hold | null;
}

const REACH = { timeout: 40_000, interval: 100 };
/** From the fault on, all 21 on two cores. */
const END = { timeout: 90_000, interval: 250 };

/** Long enough for all that {@link survive} waits for. */
export const SURVIVE_LIMIT_MS = 240_000;

/**
 * Brings a job to every moment, lets one thing go wrong for all of them, and looks at what came of each:
 * one comment, one branch, one pull request, the true final state, and no box.
 */
export async function survive(fault: Fault): Promise<void> {
  await using world = await survivalWorld();
  const brought = await Promise.all(MOMENTS.map((moment) => bring(world, moment)));
  await fault(
    world,
    brought.flatMap(({ hold }) => (hold === null ? [] : [hold])),
  );
  const opening = setInterval(() => void world.openGates().catch(() => undefined), 500);
  try {
    await vi
      .waitUntil(() => brought.every((one) => lastWord(one).includes("###") && isOver(one)), END)
      .catch(() => undefined);
    const results = await Promise.all(
      brought.map(async (one) => [nameOf(one), await resultOf(one)] as const),
    );
    expect(results).toEqual(brought.map((one) => [nameOf(one), SUCCESS]));
    await expect.poll(() => jobsLeft(world), END).toEqual([]);
    await expect.poll(async () => (await world.boxes()).length, END).toBe(0);
  } finally {
    clearInterval(opening);
  }
}

async function bring(world: SurvivalWorld, moment: Moment): Promise<Brought> {
  const { repository, issue } = await world.place();
  const { hold: wanted } = moment;
  const [owner = ""] = repository.fullName.split("/");
  const within = (path: RegExp, name: string) => new RegExp(`/${name}/.*${path.source}`);
  const early =
    wanted?.at === "github" && !wanted.atTheEnd
      ? world.github.holdNext({ ...wanted, path: within(wanted.path, owner) })
      : null;
  const said = await repository.comment(issue, {
    author: world.maintainer,
    body: moment.command,
  });
  const [delivery] = await said.delivered;
  const job = jobId(delivery?.guid ?? "");
  let hold = early;
  if (wanted?.at === "engine") {
    hold = world.proxy.faults.hold({ ...wanted, path: within(wanted.path, `job:${job}`) });
  }
  const end = wanted?.atTheEnd
    ? world.proxy.faults.hold({
        method: "DELETE",
        path: within(/v2\/box/, `job:${job}`),
        when: "after",
      })
    : null;
  world.ready(job);
  if (end !== null && wanted !== undefined) {
    await reached(end, moment);
    hold = world.github.holdNext({ ...wanted, path: within(wanted.path, owner) });
    end.release();
  }
  if (hold !== null) await reached(hold, moment);
  if (moment.run !== undefined) {
    const { run } = moment;
    await vi.waitUntil(() => world.isRunning(job, run), REACH);
  }
  return { moment, job, repository, issue, hold };
}

function reached(hold: Hold, { step, when }: Moment): Promise<void> {
  const late = setTimeout(REACH.timeout).then(() => {
    throw new Error(`The moment ${when} ${step} did not come.`);
  });
  return Promise.race([hold.reached, late]);
}

const SUCCESS = {
  comments: 1,
  eyes: 1,
  branches: ["box/issue", "main"],
  pullRequests: 1,
  word: "✅ Done, and the tests pass",
};

async function resultOf({ repository, issue }: Brought) {
  const [asked, ...answers] = repository.comments(issue);
  return {
    comments: answers.length,
    eyes: asked === undefined ? 0 : repository.reactions({ comment: asked.id }).length,
    branches: Object.keys(await repository.branches())
      .map((name) => name.replace(/-1-[0-9a-f]{12}$/, ""))
      .sort(),
    // Beside the issue itself.
    pullRequests: repository.numbers().length - 1,
    word: /### (.*)/.exec(answers[0]?.body ?? "")?.[1] ?? "",
  };
}

function lastWord({ repository, issue }: Brought): string {
  return repository.comments(issue)[1]?.body ?? "";
}

function isOver(one: Brought): boolean {
  return !/### (⏳|🕓|⏸)/u.test(lastWord(one));
}

function nameOf({ moment, job }: Brought): string {
  return `${moment.when} ${moment.step} (${job})`;
}

async function jobsLeft(world: SurvivalWorld): Promise<string[]> {
  const rows = await world.rows<{ id: string }>("select id from jobs where state <> 'ended'");
  return rows.map(({ id }) => id);
}
