import { EngineError } from "../engine-error.ts";

/** A repository that may be fetched. */
export interface Repository {
  /** Without credentials, query or fragment. */
  url: string;
  /** `host` or `host:port`. */
  host: string;
  /** The last part of its path without `.git`: the folder that a clone makes. */
  name: string;
}

/** `ssh://git@host:22/o/r` and `git@host:o/r`. */
const SSH = /^(?:ssh:\/\/(?:[^/@:]+@)?([^/:@]+)(?::\d+)?\/|[^/@:]+@([^/:@]+):)(.+)$/;

/**
 * Reads the forms of `repo` that the API takes: `github.com/o/r`, https URLs, and ssh addresses, which
 * are fetched over https too: the key of this host is not the client's. Plain http only to a host that
 * the operator named. Credentials in the URL are refused: they would stay in the clone.
 * @throws EngineError 400 saying what is wrong with it
 */
export function repositoryUrl(repo: string, allowedHosts: ReadonlySet<string>): Repository {
  const text = repo.trim();
  const url = parse(withScheme(text));
  if (url === null) throw refuse(repo, "it is not a URL; use https://host/owner/name");
  if (url.username !== "" || url.password !== "") {
    throw refuse(repo, "it holds a credential; pass the token as github_token");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && allowedHosts.has(url.host))) {
    throw refuse(repo, `${url.protocol.slice(0, -1)} is not allowed; use https`);
  }
  const path = url.pathname.replace(/\/+$/, "");
  const name =
    path
      .split("/")
      .at(-1)
      ?.replace(/\.git$/, "") ?? "";
  if (!/^[A-Za-z0-9._-]+$/.test(name) || name === "." || name === "..") {
    throw refuse(repo, "its path does not end in a repository's name");
  }
  return { url: `${url.origin}${path}`, host: url.host, name };
}

function withScheme(text: string): string {
  const [, fromUrl, fromAddress, path] = SSH.exec(text) ?? [];
  const host = fromUrl ?? fromAddress;
  if (host !== undefined) return `https://${host}/${path}`;
  return text.includes("://") ? text : `https://${text}`;
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function refuse(repo: string, because: string): EngineError {
  // A credential in the URL must not come back in the error and so in somebody's log.
  const shown = repo.replace(/\/\/[^/@]*@/, "//…@").slice(0, 200);
  return new EngineError(400, "invalid_repository", `repo: ${JSON.stringify(shown)}: ${because}.`);
}
