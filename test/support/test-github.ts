import { registerApp } from "../../dev/dev-app.ts";
import {
  type App,
  type DevGitHub,
  type Files,
  type RepositoryHandle,
  startGitHub,
} from "../../dev/github/index.ts";

/** A development GitHub with our App in it and one maintainer who may command everywhere. */
export interface TestGitHub extends AsyncDisposable {
  github: DevGitHub;
  app: App;
  /** Somebody with write access to every repository that `repository` makes. */
  maintainer: string;
  /**
   * Makes a repository in an account of its own with the App installed: Octokit spaces the writes of
   * an installation, and tests must not wait for each other.
   */
  repository(options?: {
    files?: Files;
    private?: boolean;
    defaultBranch?: string;
  }): Promise<RepositoryHandle>;
  /** The installation that a repository of `repository` is in. */
  installationOf(repository: RepositoryHandle): number;
  /** Opens a pull request from a new branch. */
  pullRequest(
    repository: RepositoryHandle,
    options?: { branch?: string; files?: Files; title?: string; body?: string },
  ): Promise<number>;
}

/** Starts one; see {@link TestGitHub}. */
export async function testGitHub(): Promise<TestGitHub> {
  const github = await startGitHub();
  const app = registerApp(github);
  const maintainer = github.createUser({ login: "maya" }).login;
  const installations = new Map<number, number>();
  let accounts = 0;
  return {
    github,
    app,
    maintainer,
    async repository(options = {}) {
      const owner = `acme-${++accounts}`;
      github.createUser({ login: owner, type: "Organization" });
      const repository = await github.createRepository({
        owner,
        name: "site",
        files: { "README.md": "# Site\n" },
        ...options,
      });
      repository.setPermission(maintainer, "write");
      installations.set(repository.id, github.installApp(app, { account: owner }));
      return repository;
    },
    installationOf: ({ id }) => installations.get(id) ?? 0,
    async pullRequest(repository, options = {}) {
      const { branch = "change", title = "A change", body = "What it is for." } = options;
      const files = options.files ?? { "change.txt": "a change\n" };
      await repository.commit(branch, files, { author: maintainer, quiet: true });
      const base = repository.defaultBranch;
      const wanted = { author: maintainer, title, body, head: branch, base };
      return (await repository.createPullRequest(wanted)).number;
    },
    [Symbol.asyncDispose]: () => github.close(),
  };
}
