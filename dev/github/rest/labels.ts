import { addLabels, removeLabel } from "../acts/issues.ts";
import { labelJson } from "../json/issue.ts";
import type { LabelRecord } from "../store/records.ts";
import { HttpError, notFound, validationFailed } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, noContent, ok, type Route, route } from "./route.ts";

const READ = needs(["issues:read", "pull_requests:read"]);
const WRITE = needs(["issues:write", "pull_requests:write"], "triage");
const OF_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/labels";
const OF_REPOSITORY = "/repos/{owner}/{repo}/labels";

export const labelRoutes: Route[] = [
  route(`GET ${OF_ISSUE}`, READ, (call) => list(call, call.issue.labels)),
  route(`POST ${OF_ISSUE}`, WRITE, (call) => {
    const { world, repository, issue, actor } = call;
    void addLabels(world, repository, issue, actor, namesOf(call));
    return list(call, issue.labels);
  }),
  route(`PUT ${OF_ISSUE}`, WRITE, (call) => {
    const { world, repository, issue, actor } = call;
    const names = namesOf(call);
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    for (const label of issue.labels) {
      if (!wanted.has(label.name.toLowerCase())) {
        void removeLabel(world, repository, issue, actor, label);
      }
    }
    void addLabels(world, repository, issue, actor, names);
    return list(call, issue.labels);
  }),
  route(`DELETE ${OF_ISSUE}/{name}`, WRITE, (call) => {
    const { world, repository, issue, actor } = call;
    const name = call.param("name").toLowerCase();
    const label = issue.labels.find((one) => one.name.toLowerCase() === name);
    if (!label) throw new HttpError(404, { message: "Label does not exist" });
    void removeLabel(world, repository, issue, actor, label);
    return list(call, issue.labels);
  }),
  route(`GET ${OF_REPOSITORY}`, READ, (call) => list(call, [...call.repository.labels.values()])),
  route(`POST ${OF_REPOSITORY}`, needs("issues:write"), (call) => {
    const { world, repository } = call;
    const name = call.required("name", "Label");
    if (repository.labels.has(name.toLowerCase())) {
      throw validationFailed({ resource: "Label", field: "name", code: "already_exists" });
    }
    const label = world.store.label(repository, name);
    label.color = call.text("color") ?? label.color;
    label.description = call.text("description") ?? null;
    return created(labelJson(world, repository, label));
  }),
  route(`GET ${OF_REPOSITORY}/{name}`, READ, (call) =>
    ok(labelJson(call.world, call.repository, labelOf(call))),
  ),
  route(`DELETE ${OF_REPOSITORY}/{name}`, needs("issues:write"), (call) => {
    const label = labelOf(call);
    call.repository.labels.delete(label.name.toLowerCase());
    for (const issue of call.repository.issues.values()) {
      issue.labels = issue.labels.filter((one) => one !== label);
    }
    return noContent();
  }),
];

function namesOf(call: Call): string[] {
  const { labels } = call.body;
  if (!Array.isArray(labels)) return [];
  return labels.map((label) => (typeof label === "string" ? label : String(label.name)));
}

function labelOf(call: Call): LabelRecord {
  const label = call.repository.labels.get(call.param("name").toLowerCase());
  if (!label) throw notFound();
  return label;
}

function list(call: Call, labels: LabelRecord[]) {
  const { items, headers } = paged(call, labels);
  return ok(
    items.map((label) => labelJson(call.world, call.repository, label)),
    headers,
  );
}
