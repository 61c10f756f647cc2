/**
 * Deliveries, jobs and what hangs on them. Times are the database's own, so that the clocks of several
 * App processes need not agree.
 */
export const JOBS_AND_DELIVERIES = `
  create table deliveries (
    -- The GUID that GitHub gave it, the same when it is delivered again.
    id text primary key,
    name text not null,
    -- As it came. Emptied when it is done with.
    payload text not null,
    received_at timestamptz not null default now(),
    state text not null default 'waiting' check (state in ('waiting', 'done', 'poisoned')),
    tries integer not null default 0,
    -- When somebody may take it: now, after a failure, or when the lease of who works on it is over.
    due_at timestamptz not null default now(),
    -- What came of it: 'job 1f…', 'ignored: …'; of one that fails, the last error.
    outcome text,
    done_at timestamptz
  );
  create index deliveries_waiting on deliveries (due_at) where state = 'waiting';
  create index deliveries_received on deliveries (received_at);

  -- The App processes; one whose lease is over is dead, and its jobs are anybody's.
  create table executors (
    id text primary key,
    started_at timestamptz not null default now(),
    lease_until timestamptz not null
  );

  create table jobs (
    id text primary key,
    -- The order of asking.
    sequence bigint generated always as identity unique,
    delivery text not null,
    -- json and not jsonb, here and below: that takes no NUL, and people's words may have one.
    job json not null,
    installation bigint not null,
    -- 'owner/name', in lower case: GitHub's names are.
    repository text not null,
    thread_key text not null,
    branch_key text not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'ended')),
    -- Not before: for a job whose end GitHub could not be told yet.
    due_at timestamptz not null default now(),
    executor text,
    -- Which time it is carried out. Whoever holds an earlier one may not write any more.
    attempt integer not null default 0,
    -- How often the process that carried it out has died.
    deaths integer not null default 0,
    queued_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz,
    -- {by, because}; set at any time, by any process.
    cancel json,
    -- The commit that its work started from and the one it pushed on top.
    started_from text,
    pushed text,
    comment_id bigint,
    comment_url text,
    -- The executor that makes or edits the comment just now.
    comment_lock text,
    -- What the comment of a job that waits says: how many are before it.
    shown_place integer,
    box text,
    -- 'succeeded', 'failed'… and all of it.
    status text,
    outcome json,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    cost_usd double precision not null default 0
  );
  create index jobs_live on jobs (sequence) where state <> 'ended';
  create index jobs_ended on jobs (ended_at) where state = 'ended';
  create index jobs_pushed on jobs (branch_key, started_from) where pushed is not null;

  -- When each installation had its last turn: who waited longest is next.
  create table turns (
    installation bigint primary key,
    started_at timestamptz not null
  );

  -- Steps that have finished, and marks that say how far a step had come.
  create table job_steps (
    job text not null references jobs on delete cascade,
    name text not null,
    result json,
    attempt integer not null,
    milliseconds integer,
    finished_at timestamptz not null default now(),
    primary key (job, name)
  );

  create table job_events (
    job text not null references jobs on delete cascade,
    sequence integer not null,
    event json not null,
    primary key (job, sequence)
  );

  create table usage_days (
    -- 'owner/name', in lower case.
    repository text not null,
    day date not null,
    jobs integer not null default 0,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    cost_usd double precision not null default 0,
    primary key (repository, day)
  );
`;
