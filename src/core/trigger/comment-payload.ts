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

const account = z.object({ login, id: number, type: z.string() });

const subject = z.object({
  number,
  title: z.string(),
  body: z.string().nullish(),
  html_url: webUrl,
  /** Issues only: there when the issue is a pull request. */
  pull_request: z.object({}).nullish(),
});

/**
 * The fields of `issue_comment` and `pull_request_review_comment` payloads that a request is made
 * from. Unknown fields are dropped.
 */
export const commentPayload = z.object({
  action: z.string(),
  repository: z.object({
    name: repositoryName,
    owner: z.object({ login }),
    private: z.boolean(),
    default_branch: branch,
    clone_url: webUrl,
    html_url: webUrl,
  }),
  sender: account,
  comment: z.object({
    id: number,
    html_url: webUrl,
    body: z.string(),
    user: account,
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
export type CommentPayload = z.infer<typeof commentPayload>;
