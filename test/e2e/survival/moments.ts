import type { StepName } from "../../../src/core/events.ts";

/** Where in a job something goes wrong. */
export interface Moment {
  step: StepName;
  when: "before" | "inside" | "after";
  /** A request of the App's that is held at that moment: to GitHub or to its engine. */
  hold?: {
    at: "github" | "engine";
    method: string;
    path: RegExp;
    when: "before" | "after";
    skip?: number;
    /** Only after the job's box was deleted. */
    atTheEnd?: true;
  };
  /** Or a run in the box that waits for the test. */
  run?: RegExp;
  /** What is asked for. */
  command: string;
}

const github = (method: string, path: RegExp, when: "before" | "after") =>
  ({ at: "github", method, path, when }) as const;
const engine = (method: string, path: RegExp, when: "before" | "after", skip = 0) =>
  ({ at: "engine", method, path, when, skip }) as const;

const IT = "/box just do it";
/** In the box git is run once by prepare, twice by agent, and by collect from then on. */
const GIT = /git\/exec$/;

/**
 * Every step, before it has done anything, in the middle of it, and when it has done all of it but nobody
 * knows: the answer to its last request is held back.
 */
export const MOMENTS: readonly Moment[] = [
  moment("acknowledge", "before", github("POST", /reactions$/, "before")),
  moment("acknowledge", "inside", github("POST", /reactions$/, "after")),
  moment("acknowledge", "after", github("POST", /issues\/\d+\/comments$/, "after")),
  moment("prepare", "before", engine("POST", /v2\/box$/, "before")),
  moment("prepare", "inside", engine("POST", /v2\/box$/, "after")),
  moment("prepare", "after", engine("POST", GIT, "after")),
  moment("agent", "before", engine("POST", /run\/stream$/, "before")),
  { step: "agent", when: "inside", run: /wait/, command: "/box wait for me" },
  moment("agent", "after", engine("POST", GIT, "after", 2)),
  moment("verify", "before", engine("GET", /files\/list/, "before")),
  { step: "verify", when: "inside", run: /npm test/, command: "/box wait in the tests" },
  moment("verify", "after", engine("POST", /exec-stream$/, "after")),
  moment("collect", "before", engine("POST", GIT, "before", 3)),
  moment("collect", "inside", engine("POST", GIT, "after", 6)),
  moment("collect", "after", engine("GET", /files\/read.*bundle/, "after")),
  moment("publish", "before", github("POST", /git-receive-pack$/, "before")),
  moment("publish", "inside", github("POST", /git-receive-pack$/, "after")),
  moment("publish", "after", github("POST", /pulls$/, "after")),
  moment("settle", "before", engine("DELETE", /v2\/box\/[^/]+$/, "before")),
  moment("settle", "inside", engine("DELETE", /v2\/box\/[^/]+$/, "after")),
  moment("settle", "after", {
    ...github("PATCH", /comments\/\d+$/, "after"),
    atTheEnd: true,
  }),
];

function moment(step: StepName, when: Moment["when"], hold: NonNullable<Moment["hold"]>): Moment {
  return { step, when, hold, command: IT };
}
