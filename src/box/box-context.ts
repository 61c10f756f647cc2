import type { Client } from "./client.ts";

/** What the parts of a box share: how to reach it, and where in it one is. */
export interface BoxContext {
  readonly client: Client;
  readonly id: string;
  /** The path of the box on the service, without the prefix: `/right-flamingo-14486`. */
  readonly path: string;
  /** Absolute. */
  cwd: string;
  /** The agent program's name, when there is one. */
  readonly harness: string | undefined;
}
