import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { AppRecord, Permissions, UserRecord } from "../store/records.ts";
import type { World } from "../world.ts";

export interface NewUser {
  login: string;
  /** @default "User" */
  type?: UserRecord["type"];
  id?: number;
  name?: string;
}

export interface NewApp {
  slug: string;
  permissions: Permissions;
  events?: string[];
  webhookUrl?: string;
  webhookSecret?: string;
  /** @default the slug */
  name?: string;
}

export function addUser(world: World, wanted: NewUser): UserRecord {
  const { store, clock } = world;
  if (store.user(wanted.login)) throw new Error(`There is a user ${wanted.login} already`);
  const user: UserRecord = {
    id: wanted.id ?? store.nextId("user"),
    login: wanted.login,
    type: wanted.type ?? "User",
    name: wanted.name ?? null,
    createdAt: clock.now(),
  };
  store.users.set(wanted.login.toLowerCase(), user);
  return user;
}

/** Registers an App with its bot; the private key is only here and with whoever asks for it. */
export function addApp(world: World, wanted: NewApp): { app: AppRecord; privateKey: () => string } {
  // Made when first asked for: a key takes longer than all else a test sets up.
  let pair: { privateKey: string; publicKey: KeyObject } | undefined;
  const keys = () => {
    pair ??= newKeys();
    return pair;
  };
  const id = world.store.nextId("app");
  const app: AppRecord = {
    id,
    clientId: `Iv23li${String(id).padStart(14, "0")}`,
    slug: wanted.slug,
    name: wanted.name ?? wanted.slug,
    owner: addUser(world, { login: `${wanted.slug}-owner` }),
    // That of workflows may be there before its App.
    bot:
      world.store.user(`${wanted.slug}[bot]`) ??
      addUser(world, { login: `${wanted.slug}[bot]`, type: "Bot" }),
    publicKey: () => keys().publicKey,
    permissions: wanted.permissions,
    events: wanted.events ?? [],
    webhookUrl: wanted.webhookUrl,
    webhookSecret: wanted.webhookSecret,
    createdAt: world.clock.now(),
  };
  world.store.apps.set(id, app);
  return { app, privateKey: () => keys().privateKey };
}

/** Stands behind the check runs of workflows' jobs. */
export function actionsApp(world: World): AppRecord {
  const known = [...world.store.apps.values()].find(({ slug }) => slug === "github-actions");
  return known ?? addApp(world, { slug: "github-actions", permissions: {} }).app;
}

function newKeys(): { privateKey: string; publicKey: KeyObject } {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
