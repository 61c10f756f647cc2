import type { Suite } from "./suite.ts";

/** What not every target can. A case that needs one of them runs where it is not lacking. */
export type Capability =
  // Of the client.
  | "one channel in streams"
  | "two channels in streams"
  | "output that looks like a stream's end"
  | "cancelling a streamed command"
  | "commands as arguments"
  | "sessions"
  | "result with the last newline"
  | "code runs with their old names"
  | "the kind of a run"
  | "working directories only"
  | "file operations"
  | "parts of files"
  | "directory trees"
  | "options of git.clone"
  | "exit codes of git"
  | "changing schedules"
  | "cancelling an agent that is listened to"
  | "folders of agent runs"
  | "zod 4"
  | "typed streams"
  | "codes of errors"
  | "abort signals"
  | "deleting twice"
  | "what a box is called"
  // Of the service, or of where it is.
  | "making schedules due"
  | "this machine's services"
  | "an address to reach"
  | "custom network policies"
  | "attached headers";

/** What is lacking, and why. */
export type Lacks = Partial<Record<Capability, Lack>>;

export interface Lack {
  why: string;
  /** Passes as long as it is lacking. Without one nothing can show it, and it counts as skipped. */
  shown?: (suite: Suite) => Promise<void>;
}
