import type { BoxContext } from "./box-context.ts";
import type { ClientRequest } from "./client.ts";
import type { CallOptions } from "./options.ts";
import { resolvePath, toFolder } from "./paths.ts";
import { readRecord } from "./read-record.ts";

/** Options of the git calls. */
export interface GitCallOptions extends CallOptions {
  /** The repository, relative to `box.cwd` or absolute. @default box.cwd */
  folder?: string | undefined;
}

/** What `git.clone` takes. */
export interface GitCloneOptions extends CallOptions {
  /** `https://…`, `github.com/owner/repo`, or ssh. */
  repo: string;
  /** @default the repository's own */
  branch?: string | undefined;
  /** Commits to fetch. @default all */
  depth?: number | undefined;
  /** Used for this clone instead of the token that came with the box. */
  token?: string | undefined;
  /**
   * Where to clone to, relative to `box.cwd` or absolute.
   * @default a directory of the repository's name in box.cwd
   */
  folder?: string | undefined;
}

/** What `git.commit` takes. */
export interface GitCommitOptions extends GitCallOptions {
  message: string;
  /** @default the box's git identity */
  authorName?: string | undefined;
  /** @default the box's git identity */
  authorEmail?: string | undefined;
}

/** What a git command printed. */
export interface GitExecResult {
  output: string;
  /** Undefined when the service does not say. */
  exitCode: number | undefined;
}

/** What `git.createPR` takes. */
export interface GitPullRequestOptions extends GitCallOptions {
  title: string;
  body?: string | undefined;
  /** The branch to merge into. @default the repository's own */
  base?: string | undefined;
}

/** A pull request that was opened. */
export interface PullRequest {
  url: string;
  number: number;
  title: string;
  base: string;
}

/** What `git.updateConfig` takes. */
export interface GitConfigOptions extends CallOptions {
  userName?: string | undefined;
  userEmail?: string | undefined;
}

/** Who commits are by. */
export interface GitConfig {
  git_user_name: string;
  git_user_email: string;
}

/** Git in a box: `box.git`. Works in `box.cwd`, or in `folder`. */
export class Git {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Clones a repository. `box.cwd` stays where it is.
   *
   * @example
   * await box.git.clone({ repo: "https://github.com/user/repo", branch: "main", depth: 1 });
   * await box.cd("repo");
   */
  async clone(options: GitCloneOptions): Promise<void> {
    const { repo, branch, depth, token = this.#box.gitToken } = options;
    const body = { repo, branch, depth, github_token: token, folder: this.#folder(options) };
    await this.#call("POST", "clone", options, { body });
  }

  /** The changes that are not committed, as a patch; "" when there are none. */
  async diff(options: GitCallOptions = {}): Promise<string> {
    const query = { folder: this.#folder(options) };
    return text((await this.#call("GET", "diff", options, { query })).diff);
  }

  /** The state of the working tree, in git's words. */
  async status(options: GitCallOptions = {}): Promise<string> {
    const query = { folder: this.#folder(options) };
    return text((await this.#call("GET", "status", options, { query })).status);
  }

  /**
   * Commits all changes, new files included.
   *
   * @example
   * const { sha } = await box.git.commit({ message: "feat: add feature" });
   */
  async commit(options: GitCommitOptions): Promise<{ sha: string; message: string }> {
    const { message, authorName, authorEmail } = options;
    const identity = { author_name: authorName, author_email: authorEmail };
    const body = { message, ...identity, folder: this.#folder(options) };
    const answer = await this.#call("POST", "commit", options, { body });
    return { sha: text(answer.sha), message: text(answer.message) };
  }

  /**
   * Runs any git command. No shell sees the arguments.
   *
   * @example
   * const { output } = await box.git.exec({ args: ["log", "--oneline", "-5"] });
   */
  async exec(options: GitCallOptions & { args: readonly string[] }): Promise<GitExecResult> {
    const body = { args: options.args, folder: this.#folder(options) };
    const answer = await this.#call("POST", "exec", options, { body });
    const { exit_code } = answer;
    return {
      output: text(answer.output),
      exitCode: typeof exit_code === "number" ? exit_code : undefined,
    };
  }

  /**
   * Pushes a branch to where the repository was cloned from, with the box's GitHub token. Never by
   * force.
   *
   * @throws BoxError with git's words when it is refused.
   */
  async push(options: GitCallOptions & { branch?: string | undefined } = {}): Promise<void> {
    const body = { branch: options.branch, folder: this.#folder(options) };
    await this.#call("POST", "push", options, { body });
  }

  /**
   * Opens a pull request of the branch that is checked out and was pushed.
   *
   * @example
   * const pr = await box.git.createPR({ title: "Add feature", base: "main" });
   * pr.url;
   */
  async createPR(options: GitPullRequestOptions): Promise<PullRequest> {
    const { title, base } = options;
    const body = { title, body: options.body, base, folder: this.#folder(options) };
    return readRecord<PullRequest>(await this.#call("POST", "create-pr", options, { body }), "url");
  }

  /** Sets who commits in this box are by. What is left out stays. */
  async updateConfig(options: GitConfigOptions): Promise<GitConfig> {
    const { userName, userEmail, signal, requestTimeout } = options;
    const path = `${this.#box.path}/config/git`;
    const body = { git_user_name: userName, git_user_email: userEmail };
    const { value } = await this.#box.client.json("PUT", path, { body, signal, requestTimeout });
    const { git_user_name, git_user_email } = { ...(value as object) } as Record<string, unknown>;
    return { git_user_name: text(git_user_name), git_user_email: text(git_user_email) };
  }

  /** Switches to a branch. */
  async checkout(options: GitCallOptions & { branch: string }): Promise<void> {
    const body = { branch: options.branch, folder: this.#folder(options) };
    await this.#call("POST", "checkout", options, { body });
  }

  async #call(
    method: string,
    route: string,
    { signal, requestTimeout }: CallOptions,
    request: Pick<ClientRequest, "body" | "query">,
  ): Promise<Record<string, unknown>> {
    const path = `${this.#box.path}/git/${route}`;
    const { value } = await this.#box.client.json(method, path, {
      ...request,
      signal,
      requestTimeout,
    });
    return { ...(value as object) };
  }

  #folder({ folder }: { folder?: string | undefined }): string | undefined {
    return toFolder(resolvePath(this.#box.cwd, folder ?? "."));
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
