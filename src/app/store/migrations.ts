import { JOBS_AND_DELIVERIES } from "./migrations/0001-jobs-and-deliveries.ts";
import { WHAT_IS_REMEMBERED } from "./migrations/0002-what-is-remembered.ts";

/** A change of the schema. Forward only: what has been released is never edited. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}

/** All, in their order. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: "jobs and deliveries", sql: JOBS_AND_DELIVERIES },
  { version: 2, name: "what is remembered", sql: WHAT_IS_REMEMBERED },
];
