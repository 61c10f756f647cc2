import { checkRunJson } from "../json/check-run.ts";
import { HttpError, unprocessable, validationFailed } from "../rest/errors.ts";
import type { AnnotationRecord, CheckRunRecord, RepositoryRecord } from "../store/records.ts";
import { announce, changed } from "../webhooks/announce.ts";
import type { Delivery } from "../webhooks/webhooks.ts";
import type { Actor, World } from "../world.ts";

/** GitHub takes no more annotations in one request. */
const MOST_ANNOTATIONS = 50;
const MOST_ACTIONS = 3;
/** Of `output.summary` and `output.text` each. */
const LONGEST_OUTPUT = 65_535;

/** The request body of creating or updating a check run, in GitHub's own names. */
export interface CheckRunFields {
  name?: string;
  head_sha?: string;
  status?: CheckRunRecord["status"];
  conclusion?: string;
  details_url?: string;
  external_id?: string;
  started_at?: string;
  completed_at?: string;
  output?: {
    title?: string;
    summary?: string;
    text?: string;
    annotations?: AnnotationRecord[];
  };
  actions?: CheckRunRecord["actions"];
}

export function createCheckRun(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  fields: CheckRunFields & { name: string; head_sha: string },
): CheckRunRecord {
  const run: CheckRunRecord = {
    id: world.store.nextId("checkRun"),
    app: actor.app,
    name: fields.name,
    headSha: fields.head_sha,
    status: "queued",
    conclusion: null,
    detailsUrl: null,
    externalId: null,
    startedAt: world.clock.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  apply(world, run, fields);
  repository.checkRuns.set(run.id, run);
  void tell(world, repository, actor, run, "created");
  if (run.status === "completed") void tell(world, repository, actor, run, "completed");
  return run;
}

export function updateCheckRun(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  run: CheckRunRecord,
  fields: CheckRunFields,
): void {
  const was = run.status;
  apply(world, run, fields);
  if (was !== "completed" && run.status === "completed") {
    void tell(world, repository, actor, run, "completed");
  }
  changed(world, repository, null);
}

/** Somebody presses a button of a check run, or asks to run it again. */
export function requestCheck(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  run: CheckRunRecord,
  identifier?: string,
): Promise<Delivery[]> {
  if (identifier === undefined) return tell(world, repository, actor, run, "rerequested");
  return tell(world, repository, actor, run, "requested_action", {
    requested_action: { identifier },
  });
}

function apply(world: World, run: CheckRunRecord, fields: CheckRunFields): void {
  const { output, actions } = fields;
  refuse(fields);
  run.name = fields.name ?? run.name;
  run.detailsUrl = fields.details_url ?? run.detailsUrl;
  run.externalId = fields.external_id ?? run.externalId;
  if (fields.started_at) run.startedAt = Date.parse(fields.started_at);
  if (actions) run.actions = actions;
  if (output) {
    run.title = output.title ?? run.title;
    run.summary = output.summary ?? run.summary;
    run.text = output.text ?? run.text;
    // Annotations of each request are added to those before.
    run.annotations.push(...(output.annotations ?? []));
  }
  if (fields.status) run.status = fields.status;
  // Naming a conclusion completes the run.
  if (fields.conclusion) {
    run.conclusion = fields.conclusion;
    run.status = "completed";
  }
  if (run.status === "completed") {
    run.completedAt = fields.completed_at
      ? Date.parse(fields.completed_at)
      : (run.completedAt ?? world.clock.now());
    return;
  }
  run.conclusion = null;
  run.completedAt = null;
}

function refuse({ status, conclusion, output, actions }: CheckRunFields): void {
  if (status === "completed" && !conclusion) {
    throw validationFailed({
      resource: "CheckRun",
      field: "conclusion",
      code: "missing_field",
    });
  }
  if ((output?.annotations?.length ?? 0) > MOST_ANNOTATIONS) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${MOST_ANNOTATIONS} items are allowed; ${output?.annotations?.length} were supplied.`,
    );
  }
  if ((actions?.length ?? 0) > MOST_ACTIONS) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${MOST_ACTIONS} items are allowed; ${actions?.length} were supplied.`,
    );
  }
  for (const field of ["summary", "text"] as const) {
    if ((output?.[field]?.length ?? 0) <= LONGEST_OUTPUT) continue;
    throw new HttpError(422, {
      message: `Invalid request.\n\nOnly ${LONGEST_OUTPUT} characters are allowed; ${output?.[field]?.length} were supplied.`,
    });
  }
}

function tell(
  world: World,
  repository: RepositoryRecord,
  actor: Actor,
  run: CheckRunRecord,
  action: string,
  more: object = {},
): Promise<Delivery[]> {
  changed(world, repository, null);
  // Only the App that made a check run hears of its buttons.
  const onlyTo = action === "requested_action" || action === "rerequested" ? run.app : null;
  return announce(
    world,
    repository,
    actor,
    "check_run",
    { action, check_run: checkRunJson(world, repository, run), ...more },
    onlyTo ?? undefined,
  );
}
