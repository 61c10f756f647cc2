import { z } from "zod";

/** `POST /{id}/git/clone` */
export const GitCloneRequest = z.object({
  repo: z.string().min(1),
  branch: z.string().min(1).optional(),
  github_token: z.string().min(1).optional(),
  depth: z.number().int().positive().optional(),
  folder: z.string().optional(),
});
export type GitCloneRequest = z.infer<typeof GitCloneRequest>;

export const GitDiffResponse = z.object({ diff: z.string() });
export const GitStatusResponse = z.object({ status: z.string() });

/** `POST /{id}/git/commit` */
export const GitCommitRequest = z.object({
  message: z.string().min(1),
  author_name: z.string().min(1).optional(),
  author_email: z.string().min(1).optional(),
  folder: z.string().optional(),
});
export type GitCommitRequest = z.infer<typeof GitCommitRequest>;

export const GitCommitResponse = z.object({ sha: z.string(), message: z.string() });
export type GitCommitResponse = z.infer<typeof GitCommitResponse>;

/** `POST /{id}/git/exec` */
export const GitExecRequest = z.object({
  args: z.array(z.string()).min(1),
  folder: z.string().optional(),
});
export type GitExecRequest = z.infer<typeof GitExecRequest>;

export const GitExecResponse = z.object({ output: z.string(), exit_code: z.number().optional() });
export type GitExecResponse = z.infer<typeof GitExecResponse>;

/** `POST /{id}/git/checkout` */
export const GitCheckoutRequest = z.object({
  branch: z.string().min(1),
  folder: z.string().optional(),
});
export type GitCheckoutRequest = z.infer<typeof GitCheckoutRequest>;

/** `POST /{id}/git/push` */
export const GitPushRequest = z.object({
  /** @default the branch that is checked out */
  branch: z.string().min(1).optional(),
  folder: z.string().optional(),
});
export type GitPushRequest = z.infer<typeof GitPushRequest>;

/** `POST /{id}/git/create-pr` */
export const GitCreatePullRequest = z.object({
  title: z.string().min(1),
  body: z.string().optional(),
  /** @default the repository's default branch */
  base: z.string().min(1).optional(),
  folder: z.string().optional(),
});
export type GitCreatePullRequest = z.infer<typeof GitCreatePullRequest>;
export const GitPullRequest = z.object({
  url: z.string(),
  number: z.number(),
  title: z.string(),
  base: z.string(),
});
export type GitPullRequest = z.infer<typeof GitPullRequest>;

/** `PUT /{id}/config/git`, and `/{id}/git-config` for clients of 0.5.5; the answer has both values. */
export const GitConfig = z.object({
  git_user_name: z.string().min(1).optional(),
  git_user_email: z.string().min(1).optional(),
});
export type GitConfig = z.infer<typeof GitConfig>;
