/** What later requests go back to: work that is gone on with, plans, what waits for an approval. */
export const WHAT_IS_REMEMBERED = `
  -- In the agent's words, of jobs that have ended.
  alter table jobs add column summary text;
  -- {branch, pullRequest}; the pull request is null where there is none.
  alter table jobs add column published json;
  -- Its box and the agent's conversation in it are kept until then.
  alter table jobs add column kept_until timestamptz;
  create index jobs_kept on jobs (kept_until) where kept_until is not null;
  create index jobs_thread on jobs (thread_key, sequence);

  create table held_requests (
    thread_key text primary key,
    request json not null,
    -- The commit that has to be approved.
    sha text not null,
    held_at timestamptz not null default now()
  );

  -- Of repositories whose setup is done, by all that decides what it makes.
  create table snapshots (
    repository text not null,
    hash text not null,
    snapshot text not null unique,
    used_at timestamptz not null default now(),
    primary key (repository, hash)
  );

  -- Who was told so today that they may not ask.
  create table refusals (
    repository text not null,
    account bigint not null,
    day date not null,
    primary key (repository, account, day)
  );
`;
