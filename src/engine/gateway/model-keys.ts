import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../engine-error.ts";
import { JsonFile } from "../store/json-file.ts";
import type { Provider } from "./provider.ts";
import { compatibleProvider, PROVIDERS } from "./providers.ts";

const StoredKey = z.object({
  key: z.string().min(1).optional(),
  base_url: z.string().min(1).optional(),
});
const StoredKeys = z.record(z.string(), StoredKey);

/** A provider with all that it takes to ask it. */
export interface KeyedProvider {
  provider: Provider;
  key: string | undefined;
}

/** What `box-action engine keys list` shows of a provider; never the key. */
export interface KeyStatus {
  provider: string;
  base_url: string;
  /** Where its key comes from; null: there is none. */
  key: "stored" | "environment" | null;
}

/**
 * The keys of model providers: stored ones in `<data>/settings/keys.json`, for the engine's user alone,
 * and those in the engine's environment. The file is read each time, so that what the command line
 * changes holds for the next run.
 */
export class ModelKeys {
  readonly #data: string;
  readonly #variables: Readonly<Record<string, string | undefined>>;

  /** @param variables the engine's environment, in which keys may be */
  constructor(data: string, variables: Readonly<Record<string, string | undefined>> = process.env) {
    this.#data = data;
    this.#variables = variables;
  }

  /**
   * Finds the provider of a model, and its key.
   * @param ownKey the key that a box has brought
   * @throws EngineError 400 `no_model_key`, or for a provider that nobody knows; the message has the remedy
   */
  async find(name: string, ownKey?: string): Promise<KeyedProvider> {
    const stored = (await this.#read())[name];
    const provider = this.#provider(name, stored?.base_url);
    if (provider === undefined) {
      throw new EngineError(
        400,
        "unknown_provider",
        `Nobody is known to answer for models of ${name}: use ${names()}, or name a server that speaks as OpenAI's does: box-action engine keys set ${name} --url http://127.0.0.1:8000.`,
      );
    }
    const key = ownKey ?? stored?.key ?? this.#fromVariables(provider);
    if (key === undefined && provider.needsKey) {
      const variable = provider.variables.key[0];
      throw new EngineError(
        400,
        "no_model_key",
        `There is no key for ${name}: store one with box-action engine keys set ${name}, start the engine with ${variable}, or pass apiKey with the box's agent.`,
      );
    }
    return { provider, key };
  }

  /** Stores a key, a base URL, or both, beside what is stored of that provider already. */
  async set(name: string, change: { key?: string; baseUrl?: string }): Promise<void> {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
      throw new Error(
        `${JSON.stringify(name)} is no provider's name; use ${names()}, or a-z and -.`,
      );
    }
    const keys = await this.#read();
    const { key, baseUrl } = change;
    const before = keys[name] ?? {};
    if (!isKnown(name) && baseUrl === undefined && before.base_url === undefined) {
      throw new Error(`${name} needs --url: where is the server that speaks as OpenAI's does?`);
    }
    const next = {
      ...before,
      ...(key === undefined ? {} : { key: requireKey(key) }),
      ...(baseUrl === undefined ? {} : { base_url: withoutVersion(baseUrl) }),
    };
    await (await this.#file()).replace({ ...keys, [name]: next });
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    const { [name]: removed, ...others } = await this.#read();
    if (removed !== undefined) await (await this.#file()).replace(others);
    return removed !== undefined;
  }

  /** The known providers, and those that were named. */
  async list(): Promise<KeyStatus[]> {
    const stored = await this.#read();
    const all = new Set([...PROVIDERS.map(({ name }) => name), ...Object.keys(stored)]);
    return [...all].flatMap((name) => {
      const provider = this.#provider(name, stored[name]?.base_url);
      if (provider === undefined) return [];
      const fromVariables = this.#fromVariables(provider) === undefined ? null : "environment";
      const key = stored[name]?.key === undefined ? fromVariables : "stored";
      return [{ provider: name, base_url: provider.baseUrl, key }];
    });
  }

  #provider(name: string, storedUrl: string | undefined): Provider | undefined {
    const known = PROVIDERS.find((provider) => provider.name === name);
    if (known === undefined) {
      return storedUrl === undefined ? undefined : compatibleProvider(name, storedUrl);
    }
    const variable = known.variables.baseUrl;
    const named = storedUrl ?? (variable && this.#variables[variable]);
    return named ? { ...known, baseUrl: withoutVersion(named) } : known;
  }

  #fromVariables({ variables }: Provider): string | undefined {
    return variables.key.map((name) => this.#variables[name]).find((value) => Boolean(value));
  }

  async #read(): Promise<z.infer<typeof StoredKeys>> {
    return (await (await this.#file()).read()) ?? {};
  }

  async #file(): Promise<JsonFile<typeof StoredKeys>> {
    const folder = join(this.#data, "settings");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new JsonFile(join(folder, "keys.json"), StoredKeys);
  }
}

function isKnown(name: string): boolean {
  return PROVIDERS.some((provider) => provider.name === name);
}

function names(): string {
  return PROVIDERS.map(({ name }) => name).join(", ");
}

/** It becomes a header. */
function requireKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new Error("The key must be one word of printable characters; nothing was stored.");
}

/** People copy base URLs with and without the `/v1` that every path begins with. */
function withoutVersion(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`${text} is no address of a server; write it as http://127.0.0.1:8000.`);
  }
  return url.replace(/\/+$/, "").replace(/\/v1$/, "");
}
