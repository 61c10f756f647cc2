import { createVerify, randomBytes } from "node:crypto";
import type { Caller } from "./access.ts";
import { HttpError, unauthorized } from "./rest/errors.ts";
import type {
  AppRecord,
  InstallationRecord,
  Permissions,
  RepositoryRecord,
  TokenRecord,
  UserRecord,
} from "./store/records.ts";
import type { World } from "./world.ts";

const HOUR_MS = 3_600_000;
/** A workflow's token ends with its job, which lasts at most a day. */
const LIFETIME_MS = { user: null, installation: HOUR_MS, actions: 24 * HOUR_MS };
/** GitHub refuses an App's JWT that is good for longer than 10 minutes. */
const LONGEST_JWT_SECONDS = 600;
/** How far an `iat` may lie in the future for clocks that differ. */
const CLOCK_DRIFT_SECONDS = 60;

/** Who the `Authorization` header of a REST request stands for. */
export function authenticate(world: World, header: string | null): Caller {
  if (!header) return { kind: "anonymous" };
  const [scheme = "", value = ""] = header.split(/\s+/, 2);
  if (/^basic$/i.test(scheme)) return byToken(world, basicPassword(value));
  if (!/^(bearer|token)$/i.test(scheme)) throw unauthorized("Bad credentials");
  return isJwt(value) ? { kind: "app", app: byJwt(world, value) } : byToken(world, value);
}

/** The password of a Basic header: git and curl put the token there. */
export function basicPassword(value: string): string {
  const [user = "", ...password] = Buffer.from(value, "base64").toString().split(":");
  return password.join(":") || user;
}

export function byToken(world: World, value: string): Caller {
  const token = world.store.tokens.get(value);
  const expired = token?.expiresAt != null && token.expiresAt <= world.clock.now();
  if (!token || expired) throw unauthorized("Bad credentials");
  return { kind: "token", token };
}

/** Makes a token that works like GitHub's: opaque, and for an installation good for one hour. */
export function issueToken(
  world: World,
  about: {
    kind: TokenRecord["kind"];
    user: UserRecord;
    installation?: InstallationRecord;
    permissions?: Permissions;
    repositories?: RepositoryRecord[];
  },
): TokenRecord {
  const record: TokenRecord = {
    token: tokenText(about.kind, about.installation),
    kind: about.kind,
    user: about.user,
    installation: about.installation ?? null,
    permissions: about.permissions ?? null,
    repositoryIds: about.repositories ? new Set(about.repositories.map((one) => one.id)) : null,
    expiresAt: LIFETIME_MS[about.kind] && world.clock.now() + (LIFETIME_MS[about.kind] ?? 0),
  };
  world.store.tokens.set(record.token, record);
  return record;
}

// Installation tokens look like `ghs_<app id>_<JWT>` and are about 520 characters long since 2026,
// which is what breaks code that expects 40.
function tokenText(kind: TokenRecord["kind"], installation?: InstallationRecord): string {
  if (kind === "user") return `ghp_${letters(36)}`;
  if (!installation) return `ghs_${letters(36)}`;
  return `ghs_${installation.app.id}_${letters(104)}.${letters(220)}.${letters(172)}`;
}

function letters(count: number): string {
  return randomBytes(count).toString("base64").replaceAll(/[+/=]/g, "A").slice(0, count);
}

function isJwt(value: string): boolean {
  return !value.startsWith("gh") && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value);
}

function byJwt(world: World, jwt: string): AppRecord {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const head = decode(header);
  const claims = decode(payload);
  if (head?.alg !== "RS256" || !claims) throw undecodable();
  const issuer = String(claims.iss ?? "");
  const app = [...world.store.apps.values()].find(
    (one) => String(one.id) === issuer || one.clientId === issuer,
  );
  if (!app) {
    throw new HttpError(404, { message: "Integration not found" });
  }
  const verified = createVerify("RSA-SHA256")
    .update(`${header}.${payload}`)
    .verify(app.publicKey(), signature, "base64url");
  if (!verified) throw undecodable();
  checkTimes(world, claims);
  return app;
}

function checkTimes(world: World, claims: Record<string, unknown>): void {
  const now = Math.floor(world.clock.now() / 1000);
  const { exp, iat } = claims;
  if (typeof exp !== "number")
    throw unauthorized("Missing 'expiration' claim ('exp') in assertion");
  if (typeof iat !== "number") throw unauthorized("Missing 'issued at' claim ('iat') in assertion");
  if (exp <= now) {
    throw unauthorized(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (
    exp > now + LONGEST_JWT_SECONDS + CLOCK_DRIFT_SECONDS ||
    exp - iat > LONGEST_JWT_SECONDS + CLOCK_DRIFT_SECONDS
  ) {
    throw unauthorized("'Expiration time' claim ('exp') is too far in the future");
  }
  if (iat > now + CLOCK_DRIFT_SECONDS) {
    throw unauthorized(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

function undecodable(): HttpError {
  return unauthorized("A JSON web token could not be decoded");
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return undefined;
  }
}
