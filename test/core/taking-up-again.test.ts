import { afterAll, beforeAll, describe, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import { type JobEvent, STEP_NAMES, type StepName } from "../../src/core/events.ts";
import { JobStop, type JobStopKind } from "../../src/core/job-stop.ts";
import type { Journal } from "../../src/core/journal.ts";
import { type JobWorld, jobWorld, type KeptJob } from "../support/job-world.ts";

const WAIT = "while [ ! -e /tmp/go-on ]; do sleep 0.05; done";

const SCENARIOS = {
  "the greeting": "echo hello > greeting.txt",
  "wait for me": `echo once >> times.txt; say waiting; ${WAIT}`,
};

let world: JobWorld;
beforeAll(async () => {
  world = await jobWorld(SCENARIOS);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const GREETING = { verb: "fix", what: "the greeting" } as const;
const POLL = { timeout: 20_000, interval: 50 };

/** Another process has the job from this moment on. */
function losable() {
  const control = new AbortController();
  return {
    signal: control.signal,
    lose(): never {
      control.abort(new JobStop("lost", "another process has the job"));
      throw control.signal.reason;
    },
  };
}

function stoppable() {
  const control = new AbortController();
  const stop = (kind: JobStopKind) => control.abort(new JobStop(kind, "The App ends.", "alice"));
  return { signal: control.signal, stop };
}

function typesOf({ events }: KeptJob, ...types: JobEvent["type"][]): string[] {
  return events.map(({ type }) => type).filter((type) => types.includes(type));
}

async function runningIn(job: string): Promise<number> {
  const [id = ""] = await boxesOfJob(job);
  const runs = await (await Box.get(id, world.engine.connection)).listRuns();
  return runs.filter(({ status }) => status === "running").length;
}

async function deleteBoxesOf(job: string): Promise<void> {
  for (const id of await boxesOfJob(job)) {
    await (await Box.get(id, world.engine.connection)).delete();
  }
}

type Cut = "before" | "after" | "kept";

/** The process dies before a step, after its work, or when its result has just been kept. */
function cutJournal(journal: Journal, cut: StepName, when: Cut, die: () => never): Journal {
  return {
    ...journal,
    async step(name, work) {
      if (name !== cut) return journal.step(name, work);
      if (when === "before") die();
      const result = await journal.step(name, async () => {
        const made = await work();
        if (when === "after") die();
        return made;
      });
      die();
      return result;
    },
  };
}

/** What is left of a job that succeeded: one of everything, and no box. */
async function results({ repository, job, comment }: KeptJob) {
  const branches = Object.keys(await repository.branches()).sort();
  const [commit, base] = await repository.log(job.target.branch, 2);
  return {
    headline: /### (.*)/.exec(comment())?.[1],
    branches,
    parent: base?.sha,
    commits: commit?.parents,
    // Beside the issue itself.
    pullRequests: repository.numbers().length - 1,
    eyes: repository.reactions({ comment: job.request.origin.id }).length,
    boxes: await boxesOfJob(job.id),
  };
}

function success({ job }: KeptJob) {
  return {
    headline: "✅ Done, not tested",
    branches: [job.target.branch, "main"],
    parent: job.target.sha,
    commits: [job.target.sha],
    pullRequests: 1,
    eyes: 1,
    boxes: [],
  };
}

async function boxesOfJob(id: string, service = world.engine.connection): Promise<string[]> {
  const boxes = await Box.list({ ...service, label: `job:${id}` });
  return boxes.map((box) => box.id);
}

async function goOn(id: string, service = world.engine.connection): Promise<void> {
  const [box = ""] = await boxesOfJob(id, service);
  const found = await Box.get(box, service);
  await found.files.write({ path: "/tmp/go-on", content: "" });
}

describe.concurrent("a job whose process dies", () => {
  const cuts = STEP_NAMES.flatMap((step) =>
    (["before", "after", "kept"] as const).map((when) => [when, step] as const),
  );
  it.for(cuts)("%s its step %s leaves one of everything", async ([when, step], { expect }) => {
    const kept = await world.job(GREETING);
    const { signal, lose } = losable();
    const journal = cutJournal(kept.journal, step, when, lose);
    const first = await kept.attempt({ journal, signal });
    expect(first.suspended).toBe(true);
    const { state, suspended } = await kept.attempt();
    expect(suspended).toBe(false);
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.attempt).toBe(2);
    expect(await results(kept)).toEqual(success(kept));
    expect(kept.comment()).toContain("attempt 2: the App was restarted");
    expect(typesOf(kept, "job-started", "job-resumed")).toEqual(["job-started", "job-resumed"]);
  });
});

describe.concurrent("what was started in the box", () => {
  it("by an agent is found at work, waited for, and not started twice", async ({ expect }) => {
    const kept = await world.job({ verb: "fix", what: "wait for me" });
    const { signal, stop } = stoppable();
    const first = kept.attempt({
      signal,
      onEvent: ({ type }) => type === "agent-text" && stop("lost"),
    });
    expect((await first).suspended).toBe(true);
    const { state } = await kept.attempt({
      onEvent: ({ type }) => type === "run-found" && void goOn(kept.job.id),
    });
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.summary).toBe("Did wait for me");
    expect(state.usage).toEqual({ inputTokens: 1200, outputTokens: 34, costUsd: 0.02 });
    expect(await kept.repository.read(kept.job.target.branch, "times.txt")).toBe("once\n");
    expect(typesOf(kept, "run-found", "step-repeated")).toEqual(["run-found"]);
    expect(await results(kept)).toEqual(success(kept));
  });

  it("by an agent that has ended meanwhile is found too", async ({ expect }) => {
    const kept = await world.job({ verb: "fix", what: "wait for me" });
    const { signal, stop } = stoppable();
    await kept.attempt({ signal, onEvent: ({ type }) => type === "agent-text" && stop("lost") });
    await goOn(kept.job.id);
    await expect.poll(() => runningIn(kept.job.id), POLL).toBe(0);
    const { state } = await kept.attempt();
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await kept.repository.read(kept.job.target.branch, "times.txt")).toBe("once\n");
    expect(typesOf(kept, "run-found", "step-repeated")).toEqual(["run-found"]);
  });

  it("by a command is found, and what nobody heard of its output is said to be missing", async ({
    expect,
  }) => {
    const command = `echo once >> times.txt; echo begun; ${WAIT}; echo unheard`;
    const kept = await world.job({ verb: "run", command });
    const { signal, stop } = stoppable();
    await kept.attempt({ signal, onEvent: ({ type }) => type === "output" && stop("lost") });
    const { state } = await kept.attempt({
      onEvent: ({ type }) => type === "run-found" && void goOn(kept.job.id),
    });
    expect(state.outcome).toEqual({ status: "succeeded" });
    // Its end is held back until it is known to be no secret's beginning.
    expect(state.outputTail).toContain("begu");
    expect(state.outputTail).toContain("what was printed while the App was away is not shown");
    expect(await kept.repository.read(kept.job.target.branch, "times.txt")).toBe("once\n");
  });

  it("by a command is found also when nobody could keep its name", async ({ expect }) => {
    const command = `echo once >> times.txt; ${WAIT}`;
    const kept = await world.job({ verb: "run", command });
    const { signal, lose } = losable();
    const journal = { ...kept.journal, setMark: async () => lose() };
    expect((await kept.attempt({ signal, journal })).suspended).toBe(true);
    const { state } = await kept.attempt({
      onEvent: ({ type }) => type === "run-found" && void goOn(kept.job.id),
    });
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await kept.repository.read(kept.job.target.branch, "times.txt")).toBe("once\n");
  });

  it("by a command that failed meanwhile has failed", async ({ expect }) => {
    const kept = await world.job({ verb: "run", command: `echo begun; ${WAIT}; exit 3` });
    const { signal, stop } = stoppable();
    await kept.attempt({ signal, onEvent: ({ type }) => type === "output" && stop("lost") });
    const { state } = await kept.attempt({
      onEvent: ({ type }) => type === "run-found" && void goOn(kept.job.id),
    });
    expect(state.outcome).toMatchObject({ failure: { code: "command-failed", step: "agent" } });
    expect(await boxesOfJob(kept.job.id)).toEqual([]);
  });
});

describe.concurrent("a job whose box is gone", () => {
  it.for(["agent", "verify", "collect"] as const)(
    "before its step %s begins again with a new one, at the commit it was pinned to, and says so",
    async (step, { expect }) => {
      const kept = await world.job(GREETING);
      const { signal, lose } = losable();
      await kept.attempt({ signal, journal: cutJournal(kept.journal, step, "before", lose) });
      await kept.repository.commit("main", { "later.txt": "later" }, { quiet: true });
      await deleteBoxesOf(kept.job.id);
      const { state } = await kept.attempt();
      expect(state.outcome).toEqual({ status: "succeeded" });
      expect(await results(kept)).toEqual(success(kept));
      const repeated = kept.events.filter(({ type }) => type === "step-repeated");
      expect(repeated).toMatchObject([{ step: "prepare", because: "its box is gone" }]);
    },
  );

  it("again and again fails, and says why", async ({ expect }) => {
    const kept = await world.job({ verb: "fix", what: "wait for me" });
    let boxes = 0;
    const { state } = await kept.attempt({
      onEvent(event) {
        if (event.type === "box-created") boxes++;
        if (event.type === "agent-text") void deleteBoxesOf(kept.job.id);
      },
    });
    expect(state.outcome).toMatchObject({ status: "failed", failure: { step: "agent" } });
    expect(boxes).toBeLessThanOrEqual(3);
    expect(await boxesOfJob(kept.job.id)).toEqual([]);
  });

  it("because its agent took the clone away leaves none behind", async ({ expect }) => {
    const kept = await world.job({ verb: "run", command: 'rm -rf "$PWD"' });
    const { signal, lose } = losable();
    await kept.attempt({ signal, journal: cutJournal(kept.journal, "settle", "before", lose) });
    const { state } = await kept.attempt();
    expect(state.outcome?.status).toBe("failed");
    expect(await boxesOfJob(kept.job.id)).toEqual([]);
  });
});

describe.concurrent("another machine that takes a job over", () => {
  it("makes the same commit again", async ({ expect }) => {
    const kept = await world.job(GREETING);
    const { signal, lose } = losable();
    await kept.attempt({ signal, journal: cutJournal(kept.journal, "publish", "before", lose) });
    const { state } = await kept.attempt({ machine: "another" });
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await results(kept)).toEqual(success(kept));
    const shas = kept.events.flatMap((event) => (event.type === "committed" ? [event.sha] : []));
    expect(shas).toHaveLength(2);
    expect(new Set(shas).size).toBe(1);
  });

  it("needs no box when the commit was pushed already", async ({ expect }) => {
    const kept = await world.job(GREETING);
    const { signal, lose } = losable();
    const github = { ...kept.github, createPullRequest: async () => lose() };
    expect((await kept.attempt({ signal, github })).suspended).toBe(true);
    await deleteBoxesOf(kept.job.id);
    const { state } = await kept.attempt({ machine: "another" });
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await results(kept)).toEqual(success(kept));
    expect(typesOf(kept, "step-repeated")).toEqual([]);
  });
});

describe.concurrent("what GitHub did without being able to say so", () => {
  it.for([
    ["comment", "POST", /issues\/\d+\/comments$/],
    ["push", "POST", /git-receive-pack$/],
    ["pull request", "POST", /pulls$/],
  ] as const)("is found, and not done twice: a %s", async ([, method, path], { expect }) => {
    const kept = await world.job(GREETING);
    const within = new RegExp(`${kept.repository.fullName}.*${path.source}`);
    const hold = world.github.holdNext({ method, path: within, when: "after" });
    void hold.reached.then(() => hold.cut());
    const { state } = await kept.attempt();
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await results(kept)).toEqual(success(kept));
  });

  it("is found also when somebody has pushed on top of it", async ({ expect }) => {
    const kept = await world.job(GREETING);
    const { branch } = kept.job.target;
    const { signal, lose } = losable();
    const github = { ...kept.github, createPullRequest: async () => lose() };
    await kept.attempt({ signal, github });
    const ours = (await kept.repository.branches())[branch];
    const theirs = await kept.repository.commit(branch, { "theirs.txt": "x" }, { quiet: true });
    const { state } = await kept.attempt();
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.published).toMatchObject({ sha: ours });
    expect((await kept.repository.branches())[branch]).toBe(theirs);
  });
});

describe.concurrent("a GitHub that breaks off", () => {
  it("when the engine clones, and when we fetch, is asked again", async ({ expect }) => {
    const kept = await world.job(GREETING);
    // The first request of each, which curl does not make again by itself.
    const path = new RegExp(`${kept.repository.fullName}.*/info/refs`);
    const holds = [0, 0].map(() => world.github.holdNext({ method: "GET", path, when: "before" }));
    for (const hold of holds) void hold.reached.then(() => hold.cut());
    const { state } = await kept.attempt();
    await Promise.all(holds.map(({ reached }) => reached));
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await results(kept)).toEqual(success(kept));
  });
});

describe.concurrent("a job that is stopped", () => {
  it("because it is handed over says so, keeps its box, and goes on", async ({ expect }) => {
    const kept = await world.job({ verb: "fix", what: "wait for me" });
    const { signal, stop } = stoppable();
    const first = await kept.attempt({
      signal,
      onEvent: ({ type }) => type === "agent-text" && stop("handed-over"),
    });
    expect(first).toMatchObject({ suspended: true, state: { outcome: null } });
    expect(kept.comment()).toContain("Paused, and goes on by itself");
    expect(await boxesOfJob(kept.job.id)).toHaveLength(1);
    await goOn(kept.job.id);
    const { state } = await kept.attempt();
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await results(kept)).toEqual(success(kept));
  });

  it("because somebody cancelled it says who, keeps the work as a patch, and pushes nothing", async ({
    expect,
  }) => {
    const kept = await world.job({ verb: "fix", what: "wait for me" });
    const { signal, stop } = stoppable();
    const { state, suspended } = await kept.attempt({
      signal,
      onEvent: ({ type }) => type === "agent-text" && stop("cancelled"),
    });
    expect(suspended).toBe(false);
    expect(state.outcome).toEqual({ status: "cancelled", by: "alice" });
    expect(kept.comment()).toContain("`alice` cancelled it.");
    expect(kept.comment()).toContain("+once");
    expect(Object.keys(await kept.repository.branches())).toEqual(["main"]);
    expect(await boxesOfJob(kept.job.id)).toEqual([]);
  });

  it("because another process has it says and takes away nothing more", async ({ expect }) => {
    const kept = await world.job({ verb: "fix", what: "wait for me" });
    const { signal, stop } = stoppable();
    let comment: string | undefined;
    const first = await kept.attempt({
      signal,
      onEvent({ type }) {
        if (type !== "agent-text") return;
        comment = kept.comment();
        stop("lost");
      },
    });
    expect(first).toMatchObject({ suspended: true, state: { outcome: null } });
    expect(kept.events.at(-1)?.type).toBe("agent-text");
    expect(kept.comment()).toBe(comment);
    expect(await runningIn(kept.job.id)).toBe(1);
    await deleteBoxesOf(kept.job.id);
  });
});

describe.concurrent("an engine that was stopped and started again", () => {
  it.for([
    ["an agent's work", { verb: "fix", what: "wait for me" }, "agent-text"],
    [
      "a command",
      { verb: "run", command: `echo once >> times.txt; echo begun; ${WAIT}` },
      "output",
    ],
  ] as const)("has lost %s, which is done again from the pinned commit", async (lost, context) => {
    const [, command, sign] = lost;
    const { expect } = context;
    await using own = await jobWorld(SCENARIOS);
    const kept = await own.job(command);
    const { signal, stop } = stoppable();
    const first = await kept.attempt({
      signal,
      onEvent: ({ type }) => type === sign && stop("handed-over"),
    });
    expect(first.suspended).toBe(true);
    await using next = await own.restartEngine();
    const { state } = await kept.attempt({
      service: next.connection,
      // In the new box.
      onEvent: ({ type }) => type === sign && void goOn(kept.job.id, next.connection),
    });
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await kept.repository.read(kept.job.target.branch, "times.txt")).toBe("once\n");
    expect(typesOf(kept, "step-repeated")).toHaveLength(1);
    expect(await boxesOfJob(kept.job.id, next.connection)).toEqual([]);
  });
});
