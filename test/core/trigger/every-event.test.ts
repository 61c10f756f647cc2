import { describe, expect, it } from "vitest";
import { type Trigger, trigger } from "../../../src/core/trigger/trigger.ts";
import { type Payload, payloadsOf } from "./payloads.ts";

const read = (name: string, payload: Payload, mention: string | null = null) =>
  trigger({ name, id: "delivery-1", payload }, { mention });

/** One word for what a delivery leads to. */
function kind(triggered: Trigger): string {
  if ("request" in triggered) return `request ${triggered.request.command.verb}`;
  if ("press" in triggered) return `press ${triggered.press.action}`;
  return "change" in triggered ? `change ${triggered.change.kind}` : "ignored";
}

/** The real payload of an event with this action; of several the last. */
function real(
  name: string,
  action: string,
  change: (payload: Payload) => void = () => {},
): Payload {
  const payload = payloadsOf(name).findLast((each) => each.action === action);
  if (payload === undefined) throw new Error(`There is no example of ${name} ${action}.`);
  change(payload);
  return payload;
}

const person = (account: Payload) => Object.assign(account, { type: "User" });
const bot = (account: Payload) => Object.assign(account, { type: "Bot", login: "x[bot]" });
const label = (name: string) => (payload: Payload) => {
  payload.label = { ...payload.label, name };
  person(payload.sender);
};
const body = (text: string | null) => (payload: Payload) => {
  payload.issue.body = text;
  payload.issue.performed_via_github_app = null;
};
const review = (text: string | null) => (payload: Payload) => {
  payload.review.body = text;
  person(payload.sender);
  person(payload.review.user);
};
const check = (job: string, action?: string) => (payload: Payload) => {
  payload.check_run.external_id = job;
  if (action !== undefined) payload.requested_action = { identifier: action };
};
const JOB = "0123456789ab";
const also =
  (...changes: Array<(payload: Payload) => void>) =>
  (payload: Payload) =>
    changes.forEach((change) => {
      change(payload);
    });

describe("an event of GitHub's", () => {
  const cases: Array<
    [name: string, action: string, change: (payload: Payload) => void, leadsTo: string]
  > = [
    ["issues", "labeled", label("box"), "request label"],
    ["issues", "labeled", label("Box:triage"), "request label"],
    ["issues", "labeled", label("bug"), "ignored"],
    ["issues", "labeled", also(label("box"), (p) => bot(p.sender)), "ignored"],
    ["issues", "unlabeled", label("box"), "ignored"],
    ["pull_request", "labeled", label("box"), "request label"],
    ["pull_request", "labeled", label("bug"), "ignored"],
    ["pull_request", "unlabeled", label("box"), "ignored"],
    ["issues", "opened", body("/box fix it"), "request fix"],
    ["issues", "opened", body("@box-action fix it"), "request fix"],
    ["issues", "opened", body("It is broken. /box fix it"), "request opened"],
    ["issues", "opened", body(null), "request opened"],
    [
      "issues",
      "opened",
      also(body("/box fix it"), (p) => {
        p.issue.performed_via_github_app = { id: 1 };
      }),
      "ignored",
    ],
    ["issues", "opened", also(body("/box fix it"), (p) => bot(p.sender)), "ignored"],
    [
      "issues",
      "opened",
      also(body("/box fix it"), (p) => {
        p.issue.user = { ...p.issue.user, id: 99 };
      }),
      "ignored",
    ],
    ["issues", "edited", body("/box fix it"), "ignored"],
    ["issues", "deleted", () => {}, "change thread-closed"],
    ["issues", "transferred", () => {}, "change thread-closed"],
    ["pull_request", "opened", () => {}, "ignored"],
    ["pull_request", "synchronize", () => {}, "ignored"],
    ["pull_request", "closed", () => {}, "change thread-closed"],
    ["pull_request", "reopened", () => {}, "ignored"],
    ["pull_request_review", "submitted", review("/box fix these"), "request fix"],
    ["pull_request_review", "submitted", review("Looks good. /box fix these"), "ignored"],
    ["pull_request_review", "submitted", review(null), "ignored"],
    [
      "pull_request_review",
      "submitted",
      also(review("/box fix these"), (p) => bot(p.sender)),
      "ignored",
    ],
    [
      "pull_request_review",
      "submitted",
      also(review("/box fix these"), (p) => bot(p.review.user)),
      "ignored",
    ],
    ["pull_request_review", "dismissed", review("/box fix these"), "ignored"],
    ["check_run", "rerequested", check(JOB), "press retry"],
    ["check_run", "requested_action", check(JOB, "cancel"), "press cancel"],
    ["check_run", "requested_action", check(JOB, "retry"), "press retry"],
    ["check_run", "requested_action", check(JOB, "delete everything"), "ignored"],
    ["check_run", "requested_action", check("x'; drop table jobs", "cancel"), "ignored"],
    ["check_run", "rerequested", check(""), "ignored"],
    ["check_run", "rerequested", also(check(JOB), (p) => bot(p.sender)), "ignored"],
    ["check_run", "created", check(JOB), "ignored"],
    ["check_run", "completed", check(JOB, "cancel"), "ignored"],
    ["repository", "renamed", () => {}, "change repositories-gone"],
    ["repository", "transferred", () => {}, "change repositories-gone"],
    ["repository", "edited", () => {}, "ignored"],
    ["installation", "deleted", () => {}, "change installation-gone"],
    ["installation", "suspend", () => {}, "change installation-gone"],
    ["installation", "created", () => {}, "ignored"],
    ["installation_repositories", "removed", () => {}, "change repositories-gone"],
    ["installation_repositories", "added", () => {}, "ignored"],
  ];

  it.each(cases)("%s %s (case %#)", (name, action, change, leadsTo) => {
    expect(kind(read(name, real(name, action, change), "box-action"))).toBe(leadsTo);
  });

  it("that nobody asks anything with is ignored, whatever it is", () => {
    for (const name of ["push", "star", "workflow_run", "deployment_status", "member", "ping"]) {
      for (const payload of payloadsOf(name)) expect(kind(read(name, payload))).toBe("ignored");
    }
  });

  it("is read as it comes in every example that GitHub gives, and never throws", () => {
    const names = [...new Set(cases.map(([name]) => name))];
    for (const name of names) {
      for (const payload of payloadsOf(name)) {
        const triggered = read(name, payload);
        // Half a payload is none; a whole one is understood.
        expect(JSON.stringify(triggered)).not.toMatch(/not an? \w+ payload/);
      }
    }
  });

  it("names a repository as it was called before", () => {
    const renamed = real("repository", "renamed", (payload) => {
      payload.changes = { repository: { name: { from: "old-name" } } };
    });
    expect(read("repository", renamed)).toMatchObject({
      change: { repositories: [`${renamed.repository.owner.login}/old-name`] },
    });
    const transferred = real("repository", "transferred");
    const { user, organization } = transferred.changes.owner.from;
    expect(read("repository", transferred)).toMatchObject({
      change: {
        repositories: [`${(user ?? organization).login}/${transferred.repository.name}`],
      },
    });
  });

  it("without the App's name makes no command of a mention", () => {
    const payload = real("issues", "opened", body("@box-action fix it"));
    expect(kind(read("issues", payload))).toBe("request opened");
    expect(kind(read("issues", payload, "other"))).toBe("request opened");
  });
});
