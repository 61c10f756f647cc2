import { z } from "zod";
import { Folder } from "./folder.ts";

/** `POST /{id}/git/clone` */
export const GitCloneRequest = z.object({
  repo: z
    .string()
    .min(1)
    .describe("https://github.com/owner/repository, or without https://, or by ssh."),
  branch: z.string().min(1).optional().describe("Default: the repository's own."),
  github_token: z
    .string()
    .min(1)
    .optional()
    .describe("Default: the box's. It never enters the box."),
  depth: z.number().int().positive().optional().describe("Commits of history. Default: all."),
  folder: z
    .string()
    .optional()
    .describe("The new folder, or an existing one to clone into. Default: /workspace/home."),
});
export type GitCloneRequest = z.infer<typeof GitCloneRequest>;
export const GitCloneResponse = z.object({ folder: z.string().describe("Where the clone is.") });

/** `GET /{id}/git/diff` and `GET /{id}/git/status` */
export const GitFolderQuery = z.object({ folder: Folder });
export const GitDiffResponse = z.object({
  diff: z.string().describe("All that is not committed, staged or not."),
});
export const GitStatusResponse = z.object({
  status: z.string().describe("What git status --porcelain prints."),
});

/** `POST /{id}/git/commit` */
export const GitCommitRequest = z.object({
  message: z.string().min(1),
  author_name: z.string().min(1).optional(),
  author_email: z.string().min(1).optional(),
  folder: Folder,
});
export type GitCommitRequest = z.infer<typeof GitCommitRequest>;

export const GitCommitResponse = z.object({ sha: z.string(), message: z.string() });
export type GitCommitResponse = z.infer<typeof GitCommitResponse>;

/** `POST /{id}/git/exec` */
export const GitExecRequest = z.object({
  args: z.array(z.string()).min(1).describe("What stands after git on the command line."),
  folder: Folder,
});
export type GitExecRequest = z.infer<typeof GitExecRequest>;

export const GitExecResponse = z.object({ output: z.string(), exit_code: z.number().optional() });
export type GitExecResponse = z.infer<typeof GitExecResponse>;

/** `POST /{id}/git/checkout` */
export const GitCheckoutRequest = z.object({
  branch: z.string().min(1),
  folder: Folder,
});
export type GitCheckoutRequest = z.infer<typeof GitCheckoutRequest>;
export const GitCheckoutResponse = z.object({ branch: z.string() });

/** `POST /{id}/git/push` */
export const GitPushRequest = z.object({
  branch: z.string().min(1).optional().describe("Default: the branch that is checked out."),
  folder: Folder,
});
export type GitPushRequest = z.infer<typeof GitPushRequest>;
export const GitPushResponse = z.object({ branch: z.string(), sha: z.string() });

/** `POST /{id}/git/create-pr` */
export const GitCreatePullRequest = z.object({
  title: z.string().min(1),
  body: z.string().optional(),
  base: z.string().min(1).optional().describe("Default: the repository's default branch."),
  folder: Folder,
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
