import type { Queryable, Store } from "../store/store.ts";
import { CLAIM_COLUMNS, type Claim, claimOf } from "./job-row.ts";
import { pickNext, type Room, type Waiting } from "./pick-next.ts";

/** Of the App's advisory locks: one process at a time hands out turns. */
const DISPATCH_LOCK = 0x626f7801;

const NO_ROOM: Room = { total: 0, perInstallation: 0 };

interface Row {
  id: string;
  state: string;
  installation: string;
  thread_key: string;
  branch_key: string;
  cancelled: boolean;
}

/**
 * Hands out turns: jobs of dead processes go back to the queue, and those whose turn it is become this
 * process's.
 * @param free how many more this process would take
 * @returns all that are this process's now, also those that it had; none when its own lease is over
 */
export function claimJobs(
  store: Store,
  options: { executor: string; room: Room; free: number },
): Promise<Claim[]> {
  const { executor, room } = options;
  return store.transaction(async (transaction) => {
    await transaction.query("select pg_advisory_xact_lock($1)", [DISPATCH_LOCK]);
    if (!(await lives(transaction, executor))) return [];
    await takeFromTheDead(transaction);
    let { queued, running, lastTurn } = await situation(transaction);
    for (let { free } = options; ; ) {
      // To end a cancelled job takes no room, and so there is always some for it.
      const next = pickNext(queued, running, free > 0 ? room : NO_ROOM, lastTurn);
      if (next === null) break;
      if (!next.cancelled) free--;
      await take(transaction, next, executor);
      queued = queued.filter((job) => job !== next);
      running = [...running, next];
      lastTurn.set(next.installation, Date.now() / 1000);
    }
    const mine = `select ${CLAIM_COLUMNS} from jobs where executor = $1 and state = 'running'`;
    return (await transaction.query(mine, [executor])).map(claimOf);
  });
}

async function lives(transaction: Queryable, executor: string): Promise<boolean> {
  const alive = "select 1 from executors where id = $1 and lease_until > now()";
  return (await transaction.query(alive, [executor])).length > 0;
}

async function takeFromTheDead(transaction: Queryable): Promise<void> {
  await transaction.query(
    `update jobs set state = 'queued', executor = null, deaths = deaths + 1
     where state = 'running'
       and executor not in (select id from executors where lease_until > now())`,
  );
}

async function situation(transaction: Queryable) {
  // One that waits to say its last word holds up nobody: its work is done.
  const rows = await transaction.query<Row>(
    `select id, state, installation, thread_key, branch_key, cancel is not null as cancelled
     from jobs where state = 'running' or (state = 'queued' and due_at <= now())
     order by sequence`,
  );
  const turns = await transaction.query<{ installation: string; at: number }>(
    "select installation, extract(epoch from started_at)::float8 as at from turns",
  );
  const inState = (wanted: string) => rows.filter(({ state }) => state === wanted).map(waiting);
  return {
    running: inState("running"),
    queued: inState("queued"),
    lastTurn: new Map(turns.map(({ installation, at }) => [Number(installation), at])),
  };
}

function waiting({ id, installation, thread_key, branch_key, cancelled }: Row): Waiting {
  return {
    id,
    installation: Number(installation),
    threadKey: thread_key,
    branchKey: branch_key,
    cancelled,
  };
}

async function take(transaction: Queryable, job: Waiting, executor: string): Promise<void> {
  await transaction.query(
    `update jobs set state = 'running', executor = $2, attempt = attempt + 1,
       started_at = coalesce(started_at, now())
     where id = $1 and state = 'queued'`,
    [job.id, executor],
  );
  await transaction.query(
    `insert into turns (installation, started_at) values ($1, clock_timestamp())
     on conflict (installation) do update set started_at = excluded.started_at`,
    [job.installation],
  );
}
