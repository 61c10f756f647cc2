import { html } from "hono/html";
import type { RepositoryRecord } from "../store/records.ts";
import type { Html } from "./layout.ts";

interface Check {
  name: string;
  words: string;
  state: "success" | "failure" | "pending" | "neutral";
  url: string;
}

/** The box under a pull request: what the checks of its head say. */
export function checksBox(repository: RepositoryRecord, sha: string): Html | "" {
  const checks = [...runs(repository, sha), ...statuses(repository, sha)];
  if (checks.length === 0) return "";
  const worst = (["failure", "pending"] as const).find((state) =>
    checks.some((check) => check.state === state),
  );
  const title = {
    failure: "Some checks were not successful",
    pending: "Some checks haven’t completed yet",
    success: "All checks have passed",
  }[worst ?? "success"];
  return html`<section class="checks"><header><span class="light ${worst ?? "success"}"></span><strong>${title}</strong></header>
<ul>${checks.map(
    (check) =>
      html`<li><span class="light ${check.state}"></span><a href="${check.url}">${check.name}</a><span class="when">${check.words}</span></li>`,
  )}</ul></section>`;
}

function runs(repository: RepositoryRecord, sha: string): Check[] {
  return [...repository.checkRuns.values()]
    .filter((run) => run.headSha === sha)
    .map((run) => ({
      name: run.name,
      words: run.title ?? run.conclusion ?? run.status.replace("_", " "),
      state: stateOf(run.status, run.conclusion),
      url: `/${repository.fullName}/runs/${run.id}`,
    }));
}

function stateOf(status: string, conclusion: string | null): Check["state"] {
  if (status !== "completed") return "pending";
  if (conclusion === "success") return "success";
  return conclusion === "neutral" || conclusion === "skipped" ? "neutral" : "failure";
}

function statuses(repository: RepositoryRecord, sha: string): Check[] {
  const latest = new Map(
    repository.statuses.filter((one) => one.sha === sha).map((one) => [one.context, one]),
  );
  return [...latest.values()].map((one) => ({
    name: one.context,
    words: one.description ?? one.state,
    state: one.state === "error" ? "failure" : one.state,
    url: /^https?:/.test(one.targetUrl ?? "")
      ? String(one.targetUrl)
      : `/${repository.fullName}/commit/${sha}`,
  }));
}
