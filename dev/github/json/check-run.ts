import type { CheckRunRecord, RepositoryRecord } from "../store/records.ts";
import { isoTime, type World } from "../world.ts";
import { appJson } from "./app.ts";
import { type Json, nodeId } from "./user.ts";

export function checkRunJson(
  world: World,
  repository: RepositoryRecord,
  run: CheckRunRecord,
): Json {
  const url = `${world.apiUrl}/repos/${repository.fullName}/check-runs/${run.id}`;
  const web = `${world.url}/${repository.fullName}/runs/${run.id}`;
  const pulls = [...repository.issues.values()].filter(
    ({ pull, state }) => state === "open" && pull?.head.sha === run.headSha,
  );
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? "",
    url,
    html_url: web,
    details_url: run.detailsUrl ?? web,
    status: run.status,
    conclusion: run.conclusion,
    started_at: isoTime(run.startedAt),
    completed_at: run.completedAt === null ? null : isoTime(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.id },
    app: run.app ? appJson(world, run.app) : null,
    pull_requests: pulls.flatMap(({ number, pull }) =>
      pull ? [pullRef(world, repository, number, pull)] : [],
    ),
  };
}

function pullRef(
  world: World,
  repository: RepositoryRecord,
  number: number,
  pull: NonNullable<import("../store/records.ts").IssueRecord["pull"]>,
): Json {
  const repo = {
    id: repository.id,
    url: `${world.apiUrl}/repos/${repository.fullName}`,
    name: repository.name,
  };
  return {
    url: `${repo.url}/pulls/${number}`,
    id: pull.id,
    number,
    head: { ref: pull.head.ref, sha: pull.head.sha, repo },
    base: { ref: pull.base.ref, sha: pull.base.sha, repo },
  };
}
