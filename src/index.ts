/**
 * The GitHub App and its core, for programs that embed it: `import { serveApp } from "box-action"`.
 * The Box SDK has its own entry, `box-action/box`.
 *
 * @module
 */

export type { AppConfig } from "./app/config.ts";
/** The configuration that `box-action serve` reads from its environment. */
export { readConfig } from "./app/config.ts";
/** The App, listening. */
export { type AppHooks, type ServedApp, serveApp } from "./app/serve-app.ts";
/** One job on its own, for other hosts than the App and the Action. */
export { type CarriedOut, type CarryOutOptions, carryOut } from "./core/carry-out.ts";
/** What happens in a job, and what is known of it. */
export type { JobEvent, Outcome, Verdict } from "./core/events.ts";
export type { Job } from "./core/job.ts";
export type { JobState } from "./core/state.ts";
/** The Box REST API, served from this machine. */
export { type ServedEngine, serveEngine } from "./engine/serve-engine.ts";
