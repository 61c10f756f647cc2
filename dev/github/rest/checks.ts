import {
  type CheckRunFields,
  createCheckRun,
  requestCheck,
  updateCheckRun,
} from "../acts/checks.ts";
import { checkRunJson } from "../json/check-run.ts";
import type { CheckRunRecord } from "../store/records.ts";
import { forbidden, notFound, validationFailed } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, ok, type Route, route } from "./route.ts";

const READ = needs("checks:read");
const WRITE = needs("checks:write");
const RUNS = "/repos/{owner}/{repo}/check-runs";

export const checkRoutes: Route[] = [
  route(`POST ${RUNS}`, WRITE, async (call) => {
    const { world, repository, actor } = call;
    onlyApps(call);
    const name = call.required("name", "CheckRun");
    const head_sha = call.required("head_sha", "CheckRun");
    const exists = /^[0-9a-f]{40}$/.test(head_sha) && (await repository.git.commitOf(head_sha));
    if (!exists) {
      throw validationFailed({
        resource: "CheckRun",
        field: "head_sha",
        code: "custom",
        message: `No commit found for SHA: ${head_sha}`,
      });
    }
    const fields = { ...(call.body as CheckRunFields), name, head_sha };
    const run = createCheckRun(world, repository, actor, fields);
    return created(checkRunJson(world, repository, run));
  }),
  route(`GET ${RUNS}/{check_run_id}`, READ, (call) =>
    ok(checkRunJson(call.world, call.repository, runOf(call))),
  ),
  route(`PATCH ${RUNS}/{check_run_id}`, WRITE, (call) => {
    const { world, repository, actor } = call;
    onlyApps(call);
    const run = runOf(call);
    if (run.app !== actor.app)
      throw forbidden(
        "Invalid app_id - check run can only be modified by the GitHub App that created it.",
      );
    updateCheckRun(world, repository, actor, run, call.body as CheckRunFields);
    return ok(checkRunJson(world, repository, run));
  }),
  route(`GET ${RUNS}/{check_run_id}/annotations`, READ, (call) => {
    const run = runOf(call);
    const { items, headers } = paged(call, run.annotations);
    const blob = `${call.world.url}/${call.repository.fullName}/blob/${run.headSha}`;
    return ok(
      items.map((one) => ({
        start_column: null,
        end_column: null,
        title: null,
        raw_details: null,
        ...one,
        blob_href: `${blob}/${one.path}`,
      })),
      headers,
    );
  }),
  route(`POST ${RUNS}/{check_run_id}/rerequest`, WRITE, (call) => {
    void requestCheck(call.world, call.repository, call.actor, runOf(call));
    return created({});
  }),
  route(
    "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
    needs("actions:read", "write"),
    (call) => {
      const { world, repository } = call;
      const run = repository.checkRuns.get(Number(call.params.job_id));
      if (run?.log === undefined) throw notFound();
      const location = `${world.url}/logs/${repository.id}/${run.id}`;
      return { status: 302, headers: { location } };
    },
  ),
  route("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", READ, async (call) => {
    const { world, repository } = call;
    const sha = await repository.git.resolve(call.param("ref"));
    if (!sha) throw notFound();
    const name = call.query.get("check_name");
    const status = call.query.get("status");
    const matching = [...repository.checkRuns.values()]
      .filter(
        (run) =>
          run.headSha === sha && (!name || run.name === name) && (!status || run.status === status),
      )
      .reverse();
    const all = call.query.get("filter") === "all" ? matching : latest(matching);
    const { items, headers } = paged(call, all);
    return ok(
      {
        total_count: all.length,
        check_runs: items.map((run) => checkRunJson(world, repository, run)),
      },
      headers,
    );
  }),
];

/** The newest of each name and App, which is what GitHub lists where nobody asks for all. */
function latest(runs: CheckRunRecord[]): CheckRunRecord[] {
  const seen = new Set<string>();
  return runs.filter(({ app, name }) => {
    const key = `${app?.id} ${name}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** People cannot write check runs; only Apps and workflows can. */
function onlyApps(call: Call): void {
  if (call.caller.kind === "token" && call.caller.token.kind === "user") {
    throw forbidden("You must authenticate via a GitHub App.");
  }
}

function runOf(call: Call): CheckRunRecord {
  const run = call.repository.checkRuns.get(Number(call.params.check_run_id));
  if (!run) throw notFound();
  return run;
}
