import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";
import { isConnectionError } from "./is-connection-error.ts";

/** Anything that takes a statement: the store, or one transaction of it. */
export interface Queryable {
  /** @returns the rows */
  query<Row extends QueryResultRow = QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

export interface StoreOptions {
  /**
   * How long a statement is tried again while the database cannot be reached. A restart of Postgres takes
   * seconds; a job that is cut off sooner would be repeated for nothing.
   * @default 30_000
   */
  patienceMs?: number;
}

const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * The App's store: Postgres, whichever. A statement that meets a lost connection is made again, so that a
 * restart of the database is a pause and not a failure: **every statement and every transaction must
 * mean the same when it is made twice**.
 */
export class Store implements Queryable {
  readonly #pool: Pool;
  readonly #patienceMs: number;
  readonly #close: () => Promise<void>;
  #closed = false;

  /** @param close what else has to be closed after the pool, such as an embedded Postgres */
  constructor(pool: Pool, close: () => Promise<void>, options: StoreOptions = {}) {
    this.#pool = pool;
    this.#close = close;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  query<Row extends QueryResultRow = QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return this.#patiently(async () => (await this.#pool.query<Row>(text, [...values])).rows);
  }

  /** Like `query`, for a statement that is made so often that the database had better know it by name. */
  queryNamed<Row extends QueryResultRow = QueryResultRow>(statement: {
    name: string;
    text: string;
    values: unknown[];
  }): Promise<Row[]> {
    return this.#patiently(async () => (await this.#pool.query<Row>(statement)).rows);
  }

  /** Runs statements that count together or not at all. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    return this.#patiently(() => this.#transact(work));
  }

  /** @throws when the database does not answer now */
  async check(): Promise<void> {
    await this.#pool.query("select 1");
  }

  /** The pool itself, for who needs a connection to keep: LISTEN, COPY, a session's lock. */
  get pool(): Pool {
    return this.#pool;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
    await this.#close();
  }

  async #transact<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: unknown;
    try {
      await client.query("begin");
      const result = await work({ query: async (text, values = []) => rows(client, text, values) });
      await client.query("commit");
      return result;
    } catch (error) {
      broken = isConnectionError(error) ? error : undefined;
      if (broken === undefined) {
        await client.query("rollback").catch((failed) => {
          broken = failed;
        });
      }
      throw error;
    } finally {
      client.release(broken !== undefined);
    }
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const until = performance.now() + this.#patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      try {
        return await work();
      } catch (error) {
        if (this.#closed || !isConnectionError(error) || performance.now() > until) throw error;
        await sleep(pause);
      }
    }
  }
}

async function rows<Row extends QueryResultRow>(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const result: QueryResult<Row> = await client.query<Row>(text, [...values]);
  return result.rows;
}
