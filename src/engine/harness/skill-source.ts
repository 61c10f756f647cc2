import { runGit } from "../../host/run-git.ts";
import { EngineError } from "../engine-error.ts";
import { defaultBranch, type RepositoryCache } from "../git/repository-cache.ts";
import { repositoryUrl } from "../git/repository-url.ts";

/** `owner/repository/skill` */
const SKILL_ID = /^([\w.-]+\/[\w.-]+)\/([\w.-]+)$/;
/** A skill is instructions and a few scripts. */
const LIMIT_BYTES = 32 * 1024 * 1024;

/** A skill as it lies in its repository. */
export interface SkillArchive {
  /** The last part of its id, and the folder that it is put into. */
  name: string;
  tar: Buffer;
  /** Folders in the archive's paths above the skill's own files. */
  depth: number;
}

/** Fetches skills, on the engine's side, so that a box without network has them too. */
export class SkillSource {
  readonly #cache: RepositoryCache;
  readonly #site: string;
  readonly #allowedHosts: ReadonlySet<string>;

  /** @param site where `owner/repository` is looked for, such as `https://github.com` */
  constructor(cache: RepositoryCache, site: string, allowedHosts: ReadonlySet<string>) {
    this.#cache = cache;
    this.#site = site;
    this.#allowedHosts = allowedHosts;
  }

  /**
   * @throws EngineError 400 for an id that is none, a repository that cannot be read without a
   * credential, or one without that skill
   */
  async fetch(id: string, signal: AbortSignal): Promise<SkillArchive> {
    const [, path, name] = SKILL_ID.exec(id) ?? [];
    if (path === undefined || name === undefined)
      throw notFound(id, "write owner/repository/skill");
    const repository = repositoryUrl(`${this.#site}/${path}`, this.#allowedHosts);
    return this.#cache.borrow(repository, { token: undefined, signal }, async ({ folder, git }) => {
      const branch = await defaultBranch(repository.url, git);
      const tip = `refs/heads/${branch}`;
      const list = await runGit(["ls-tree", "-r", "--name-only", tip], { cwd: folder });
      const found = findFolder(list.toString("utf8").split("\n"), name);
      if (found === undefined) throw notFound(id, `${repository.url} has no ${name}/SKILL.md`);
      const archive = ["--literal-pathspecs", "archive", "--format=tar", tip, "--", found || "."];
      const tar = await runGit(archive, { cwd: folder });
      if (tar.length > LIMIT_BYTES) throw notFound(id, `it is larger than ${LIMIT_BYTES} bytes`);
      return { name, tar, depth: found === "" ? 0 : found.split("/").length };
    });
  }
}

/** The shortest path to it, so that a copy in somebody's examples is not taken. */
function findFolder(files: readonly string[], name: string): string | undefined {
  const folders = files
    .filter((file) => file === `${name}/SKILL.md` || file.endsWith(`/${name}/SKILL.md`))
    .map((file) => file.slice(0, -"/SKILL.md".length))
    .sort((a, b) => a.length - b.length);
  return folders[0] ?? (files.includes("SKILL.md") ? "" : undefined);
}

function notFound(id: string, because: string): EngineError {
  return new EngineError(400, "skill_not_found", `The skill ${id} cannot be had: ${because}.`);
}
