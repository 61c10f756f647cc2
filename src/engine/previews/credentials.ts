import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { CreatePreviewRequest } from "../../box/wire.ts";

/** The service's own. */
const USER_NAME = "user";

/** What is told once, to whoever asked for the URL. */
export interface ToldCredentials {
  token?: string;
  username?: string;
  password?: string;
}

/** Who may pass a public URL. Of the secrets only digests are kept. */
export class Credentials {
  readonly #token: Buffer | undefined;
  readonly #basic: Buffer | undefined;

  private constructor(token: Buffer | undefined, basic: Buffer | undefined) {
    this.#token = token;
    this.#basic = basic;
  }

  /** New ones, of the kinds that are asked for. */
  static make(request: CreatePreviewRequest): { credentials: Credentials; told: ToldCredentials } {
    const token = request.bearer_token ? newSecret() : undefined;
    const password = request.basic_auth ? newSecret() : undefined;
    const credentials = new Credentials(
      token === undefined ? undefined : digest(token),
      password === undefined ? undefined : digest(`${USER_NAME}:${password}`),
    );
    const told = {
      ...(token !== undefined && { token }),
      ...(password !== undefined && { username: USER_NAME, password }),
    };
    return { credentials, told };
  }

  /** False: everybody passes. */
  get areNeeded(): boolean {
    return this.#token !== undefined || this.#basic !== undefined;
  }

  /** Whether an `Authorization` header opens: with both kinds, either does. */
  accept(authorization: string | undefined): boolean {
    if (!this.areNeeded) return true;
    const [, scheme = "", value = ""] = /^(\S+) +(\S+) *$/.exec(authorization ?? "") ?? [];
    if (scheme.toLowerCase() === "bearer") return isSame(value, this.#token);
    if (scheme.toLowerCase() !== "basic") return false;
    return isSame(Buffer.from(value, "base64").toString(), this.#basic);
  }

  /** What a client is asked for that has none: a browser asks its user for a password. */
  get challenges(): string[] {
    return [
      ...(this.#basic === undefined ? [] : ['Basic realm="box", charset="UTF-8"']),
      ...(this.#token === undefined ? [] : ['Bearer realm="box"']),
    ];
  }
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Digests have one length, whatever was sent, so that the comparison tells nothing. */
function isSame(offered: string, expected: Buffer | undefined): boolean {
  return expected !== undefined && timingSafeEqual(digest(offered), expected);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
