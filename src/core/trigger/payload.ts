import { z } from "zod";

const login = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(\[bot\])?$/)
  .max(100);
const number = z.int().positive();

// These end up in paths, URLs and git's arguments: GitHub's own alphabet, and never `.` or `..`.
const repositoryName = z
  .string()
  .max(100)
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/);

const webUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  // zod asks here even after it has found that the text is no URL.
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.username === "" && url.password === "";
}, "holds a credential");

// git check-ref-format's essentials: nothing that starts like an option, no `..`, no blanks.
const branch = z
  .string()
  .max(255)
  .regex(/^(?!-)(?!.*\.\.)[^\s~^:?*[\\\p{Cc}]+$/u);

/** Milliseconds since 1970. */
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const account = z.object({ login, id: number, type: z.string() });

const repository = z.object({
  name: repositoryName,
  owner: z.object({ login }),
  private: z.boolean(),
  default_branch: branch,
  clone_url: webUrl,
  html_url: webUrl,
});

/** An issue or a pull request. */
const subject = z.object({
  number,
  title: z.string(),
  body: z.string().nullish(),
  html_url: webUrl,
  updated_at: time,
  /** Issues only: there when the issue is a pull request. */
  pull_request: z.object({}).nullish(),
});

/** What all events have that a request can be made from. Unknown fields are dropped. */
export const anyPayload = z.object({ action: z.string(), repository, sender: account });
export type AnyPayload = z.infer<typeof anyPayload>;

/** `issue_comment` and `pull_request_review_comment`. */
export const commentPayload = anyPayload.extend({
  comment: z.object({
    id: number,
    html_url: webUrl,
    body: z.string(),
    user: account,
    created_at: time,
    performed_via_github_app: z.unknown().optional(),
    path: z.string().optional(),
    line: z.int().nullish(),
    original_line: z.int().nullish(),
    side: z.enum(["LEFT", "RIGHT"]).nullish(),
    diff_hunk: z.string().optional(),
    in_reply_to_id: number.optional(),
  }),
  issue: subject.optional(),
  pull_request: subject.optional(),
});

/** `pull_request_review`. Its pull request has no body where GitHub leaves it out. */
export const reviewPayload = anyPayload.extend({
  review: z.object({
    id: number,
    html_url: webUrl,
    body: z.string().nullish(),
    user: account,
    submitted_at: time.nullish(),
  }),
  pull_request: subject,
});

/** `issues` and `pull_request`. */
export const subjectPayload = anyPayload.extend({
  issue: subject
    .extend({ user: account.nullish(), performed_via_github_app: z.unknown().optional() })
    .optional(),
  pull_request: subject.optional(),
  label: z.object({ name: z.string().max(200) }).optional(),
});

/** `check_run`. */
export const checkPayload = anyPayload.extend({
  check_run: z.object({
    id: number,
    external_id: z.string().max(200).nullish(),
    app: z.object({ slug: z.string().nullish() }).nullish(),
  }),
  requested_action: z.object({ identifier: z.string().max(200) }).nullish(),
});

/** What `repository` and `installation` events tell of. */
export const installationPayload = z.object({
  action: z.string(),
  installation: z.object({ id: number }),
  repositories_removed: z.array(z.object({ full_name: z.string().max(201) })).optional(),
});
export const renamePayload = anyPayload.extend({
  changes: z
    .object({
      repository: z.object({ name: z.object({ from: repositoryName }) }).optional(),
      owner: z
        .object({
          from: z.object({
            user: z.object({ login }).nullish(),
            organization: z.object({ login }).nullish(),
          }),
        })
        .optional(),
    })
    .optional(),
});
