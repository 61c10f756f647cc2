import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { requireSettable } from "./environment.ts";
import { JsonFile } from "./store/json-file.ts";

const Variables = z.record(z.string(), z.string());

/** Variables that every command of every box is given, kept in `<data>/settings`. */
export class AccountEnvironment {
  readonly #file: JsonFile<typeof Variables>;
  #variables: Readonly<Record<string, string>>;

  private constructor(file: JsonFile<typeof Variables>, variables: Record<string, string>) {
    this.#file = file;
    this.#variables = variables;
  }

  static async open(data: string): Promise<AccountEnvironment> {
    const folder = join(data, "settings");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = new JsonFile(join(folder, "environment.json"), Variables);
    return new AccountEnvironment(file, (await file.read()) ?? {});
  }

  get variables(): Readonly<Record<string, string>> {
    return this.#variables;
  }

  /** @throws EngineError 400 for a variable that boxes cannot have; then nothing is changed */
  async replace(variables: Record<string, string>): Promise<void> {
    requireSettable(variables);
    this.#variables = { ...variables };
    await this.#file.replace(this.#variables);
  }

  async set(name: string, value: string): Promise<void> {
    await this.replace({ ...this.#variables, [name]: value });
  }

  async delete(name: string): Promise<void> {
    const { [name]: _deleted, ...others } = this.#variables;
    await this.replace(others);
  }
}
