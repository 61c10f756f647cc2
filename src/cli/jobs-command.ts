import { parseArgs } from "node:util";
import { storeLocation } from "../app/config.ts";
import { listDeliveries, retryDelivery } from "../app/deliveries/delivery-list.ts";
import { cancelJobs } from "../app/jobs/cancel-jobs.ts";
import { jobEvents, listJobs, showJob } from "../app/jobs/job-list.ts";
import { retryJob } from "../app/jobs/retry-job.ts";
import { openToolStore } from "../app/store/open-tool-store.ts";
import type { Store } from "../app/store/store.ts";
import { terminalLine } from "../core/views/terminal-line.ts";
import { table } from "./table.ts";

const HELP = `Usage: box-action jobs [list] [options]
       box-action jobs show ID
       box-action jobs cancel ID
       box-action jobs retry ID
       box-action jobs deliveries [--state poisoned]
       box-action jobs deliveries retry GUID

Shows and steers the jobs of the App, also while it runs. It finds them as the App does: by
DATABASE_URL, or else in the data folder (BOX_ACTION_DATA).

  --state STATE         jobs: queued, running or ended; deliveries: waiting, done or poisoned
  --repository NAME     only jobs of this owner/name
  --limit N             so many at most, the newest first (default 20)
  --json                one JSON document in the place of text
`;

interface Options {
  state?: string | undefined;
  repository?: string | undefined;
  limit: number;
  json: boolean;
}

/** `box-action jobs` */
export async function jobsCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      state: { type: "string" },
      repository: { type: "string" },
      limit: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new Error("--limit must be a number above 0.");
  const work = pick(positionals);
  const store = await openToolStore(storeLocation(process.env));
  try {
    await work(store, { ...values, limit });
  } finally {
    await store.close();
  }
}

function pick([verb = "list", ...rest]: string[]): (
  store: Store,
  options: Options,
) => Promise<void> {
  const [first, second] = rest;
  if (verb === "list" && rest.length === 0) return list;
  if (verb === "show" && first !== undefined) return (store, { json }) => show(store, first, json);
  if (verb === "cancel" && first !== undefined) return (store) => cancel(store, first);
  if (verb === "retry" && first !== undefined) return (store) => retry(store, first);
  if (verb === "deliveries" && rest.length === 0) return deliveries;
  if (verb === "deliveries" && first === "retry" && second !== undefined) {
    return (store) => retryOne(store, second);
  }
  throw new Error(`there is no such command; see box-action jobs --help.`);
}

async function list(store: Store, { json, ...wanted }: Options): Promise<void> {
  const jobs = await listJobs(store, wanted);
  if (json) return print(jobs);
  say(
    table(
      ["id", "state", "attempt", "queued", "thread", "command"],
      jobs.map(({ id, state, status, attempt, queuedAt, thread, job }) => [
        id,
        status ?? state,
        `${attempt}`,
        queuedAt.toISOString(),
        thread,
        job.request.commandLine,
      ]),
    ),
  );
}

async function show(store: Store, id: string, json: boolean): Promise<void> {
  const job = await showJob(store, id);
  if (job === null) throw unknown(id);
  const events = await jobEvents(store, id);
  if (json) return print({ ...job, events });
  const { request, target } = job.job;
  say(
    table(
      ["", ""],
      [
        ["command", request.commandLine],
        ["asked by", `${request.requester.login}, ${job.queuedAt.toISOString()}`],
        ["where", `${job.thread}, branch ${target.branch}, commit ${target.sha}`],
        ["state", [job.state, job.status].filter(Boolean).join(", ")],
        ["attempt", `${job.attempt}, its process died ${job.deaths} times`],
        ["comment", job.commentUrl ?? "none yet"],
        ["box", job.box ?? "none"],
        ["delivery", job.delivery],
        ...job.steps.map(({ name, milliseconds }) => [name, `${milliseconds ?? 0} ms`]),
      ],
    ),
  );
  for (const event of events) {
    const line = terminalLine(event);
    if (line !== null) say(`${new Date(event.at).toISOString()} ${line}\n`);
  }
}

async function cancel(store: Store, id: string): Promise<void> {
  const [cancelled] = await cancelJobs(store, { job: id }, { by: "the operator" });
  if (cancelled !== undefined) return say(`${id} is being cancelled.\n`);
  if ((await showJob(store, id)) === null) throw unknown(id);
  throw new Error(`the job ${id} has ended already.`);
}

async function retry(store: Store, id: string): Promise<void> {
  const because = await retryJob(store, id);
  if (because === null) return say(`${id} is in the queue again.\n`);
  if (because === "unknown") throw unknown(id);
  throw new Error(
    because === "not-ended"
      ? `the job ${id} has not ended; cancel it first.`
      : `the job ${id} has succeeded; comment a new command for more.`,
  );
}

async function deliveries(store: Store, { state, limit, json }: Options): Promise<void> {
  if (state !== undefined && !["waiting", "done", "poisoned"].includes(state)) {
    throw new Error("--state of deliveries must be waiting, done or poisoned.");
  }
  const found = await listDeliveries(store, {
    limit,
    ...(state === undefined ? {} : { state: state as "waiting" | "done" | "poisoned" }),
  });
  if (json) return print(found);
  say(
    table(
      ["id", "event", "state", "tries", "received", "outcome"],
      found.map(({ id, name, state, tries, receivedAt, outcome }) => [
        id,
        name,
        state,
        `${tries}`,
        receivedAt.toISOString(),
        outcome ?? "",
      ]),
    ),
  );
}

async function retryOne(store: Store, id: string): Promise<void> {
  if (await retryDelivery(store, id)) return say(`${id} is tried again.\n`);
  throw new Error(`no delivery ${id} was put aside; see box-action jobs deliveries.`);
}

function unknown(id: string): Error {
  return new Error(`there is no job ${id}; box-action jobs list shows them.`);
}

function print(value: unknown): void {
  say(`${JSON.stringify(value, null, 2)}\n`);
}

function say(text: string): void {
  process.stdout.write(text);
}
