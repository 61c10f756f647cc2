import type { Octokit } from "@octokit/rest";
import type { CheckView, FailedCheck, GitHub } from "./github.ts";

type Checks = Pick<GitHub, "failedChecks" | "createCheck" | "findCheck" | "updateCheck">;

/** What our check runs are called: always the same, so that branch rules can name it. */
const CHECK_NAME = "box";
/** GitHub takes so many with one request. */
const ANNOTATIONS_AT_ONCE = 50;
const FAILED = ["failure", "timed_out", "startup_failure"];
/** More failing checks have one reason, and the first ones show it. */
const MOST_FAILED = 5;
/** Why a test fails stands at a log's end. */
const LOG_CHARACTERS = 6_000;
const OUTPUT_CHARACTERS = 2_000;

/** The part of the GitHub port that is about check runs. */
export function octokitChecks(
  octokit: Pick<Octokit, "rest" | "request">,
  repo: { owner: string; repo: string },
): Checks {
  const { rest } = octokit;
  return {
    async failedChecks(sha) {
      const wanted = { ...repo, ref: sha, status: "completed" as const, per_page: 100 };
      const { data } = await rest.checks.listForRef(wanted);
      const failed = data.check_runs.filter(
        ({ name, conclusion }) => name !== CHECK_NAME && FAILED.includes(conclusion ?? ""),
      );
      return Promise.all(
        failed.slice(0, MOST_FAILED).map(async (run): Promise<FailedCheck> => {
          const { title, summary, text } = run.output;
          const output = [title, summary, text].filter(Boolean).join("\n");
          return {
            id: run.id,
            name: run.name,
            conclusion: run.conclusion ?? "",
            output: output.slice(0, OUTPUT_CHARACTERS),
            log: run.app?.slug === "github-actions" ? await jobLog(octokit, repo, run.id) : "",
          };
        }),
      );
    },

    async createCheck(sha, externalId, view) {
      const { data } = await rest.checks.create({
        ...{ ...repo, name: CHECK_NAME, head_sha: sha, external_id: externalId },
        ...fields(view, 0),
        request: { retries: 0 },
      });
      await moreAnnotations(rest, repo, data.id, view);
      return { id: data.id, htmlUrl: data.html_url ?? "" };
    },

    async findCheck(sha, externalId) {
      const wanted = { ...repo, ref: sha, check_name: CHECK_NAME, filter: "all" as const };
      const { data } = await rest.checks.listForRef({ ...wanted, per_page: 100 });
      // A job that was done once more has one for each time; the newest is the one that is seen.
      const own = data.check_runs.filter(({ external_id }) => external_id === externalId);
      const [found] = own.sort((one, other) => other.id - one.id);
      return found === undefined ? null : { id: found.id, htmlUrl: found.html_url ?? "" };
    },

    async updateCheck(id, view, signal) {
      const request = signal === undefined ? {} : { request: { signal } };
      await rest.checks.update({ ...repo, check_run_id: id, ...fields(view, 0), ...request });
      await moreAnnotations(rest, repo, id, view);
    },
  };
}

/** @param from the first annotation that goes with it */
function fields({ status, conclusion, actions = [], ...view }: CheckView, from: number) {
  const { title, summary, text, annotations = [] } = view;
  return {
    ...(conclusion === undefined ? { status } : { conclusion }),
    output: {
      ...{ title, summary },
      ...(text === undefined ? {} : { text }),
      annotations: annotations.slice(from, from + ANNOTATIONS_AT_ONCE).map((annotation) => ({
        path: annotation.path,
        start_line: annotation.startLine,
        end_line: annotation.endLine,
        annotation_level: annotation.level,
        title: annotation.title,
        message: annotation.message,
      })),
    },
    actions: [...actions],
  };
}

/** Those of each request are added to those before. */
async function moreAnnotations(
  rest: Octokit["rest"],
  repo: { owner: string; repo: string },
  id: number,
  view: CheckView,
): Promise<void> {
  const { length } = view.annotations ?? [];
  for (let from = ANNOTATIONS_AT_ONCE; from < length; from += ANNOTATIONS_AT_ONCE) {
    await rest.checks.update({ ...repo, check_run_id: id, ...fields(view, from) });
  }
}

/** The end of a workflow job's log, whose id is that of its check run; empty where it may not be read. */
async function jobLog(
  { request }: Pick<Octokit, "request">,
  repo: { owner: string; repo: string },
  job: number,
): Promise<string> {
  try {
    const route = "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs";
    const { data } = await request(route, { ...repo, job_id: job });
    return typeof data === "string" ? data.slice(-LOG_CHARACTERS) : "";
  } catch {
    return "";
  }
}
