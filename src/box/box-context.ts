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
  harness: string | undefined;
  /** The GitHub token that came with `Box.get`; one of `Box.create` is kept by the service. */
  readonly gitToken: string | undefined;
}
