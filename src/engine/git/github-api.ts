import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { EngineError } from "../engine-error.ts";
import { pinnedLookup } from "../pinned-lookup.ts";
import { publicAddresses } from "../public-addresses.ts";
import type { Repository } from "./repository-url.ts";

/** GitHub answers in seconds or not at all. */
const TIMEOUT_MS = 30_000;
/** No answer that is read here is near this. */
const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;

/** What GitHub said. */
export interface GitHubAnswer {
  status: number;
  /** Undefined when it was no JSON. */
  body: unknown;
}

/** The REST API of the GitHub that a repository is on, spoken with a token of its client. */
export class GitHubApi {
  readonly #base: string;
  readonly #token: string;
  readonly #allowedHosts: ReadonlySet<string>;

  /** @throws EngineError 400 for a URL that is no repository of a GitHub */
  constructor(repository: Repository, token: string, allowedHosts: ReadonlySet<string>) {
    const url = new URL(repository.url);
    const [, owner, name, ...rest] = url.pathname.replace(/\.git$/, "").split("/");
    if (!owner || !name || rest.length > 0) {
      throw new EngineError(
        400,
        "not_github",
        `${repository.url} is no repository of a GitHub (owner/name); open the pull request where it is.`,
      );
    }
    const api = url.host === "github.com" ? "https://api.github.com" : `${url.origin}/api/v3`;
    this.#base = `${api}/repos/${owner}/${name}`;
    this.#token = token;
    this.#allowedHosts = allowedHosts;
  }

  /**
   * Follows no redirect, which would take the token along.
   * @param path below `/repos/{owner}/{repo}`
   * @throws EngineError 502 when GitHub cannot be reached
   */
  async request(method: string, path: string, body?: object): Promise<GitHubAnswer> {
    const url = new URL(this.#base + path);
    const addresses = await publicAddresses(url, this.#allowedHosts);
    const text = body === undefined ? "" : JSON.stringify(body);
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url, {
        method,
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.#token}`,
          "user-agent": "box-action",
          "x-github-api-version": "2022-11-28",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          "content-length": String(Buffer.byteLength(text)),
        },
        ...(addresses === null ? {} : { lookup: pinnedLookup(addresses) }),
      });
      sent.once("response", resolve);
      sent.once("error", reject);
      sent.end(text);
    });
    try {
      return await read(await response);
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
      throw new EngineError(
        502,
        "github_unreachable",
        `${url.host} cannot be reached (${reason}); check this host's network and try again.`,
        { cause },
      );
    }
  }
}

async function read(response: IncomingMessage): Promise<GitHubAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > ANSWER_LIMIT_BYTES) throw new Error("the answer is too large");
    chunks.push(chunk as Buffer);
  }
  const status = response.statusCode ?? 0;
  try {
    return { status, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch {
    return { status, body: undefined };
  }
}
