import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/app/config.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const LEAST = { APP_ID: "7", PRIVATE_KEY: "a\nkey", WEBHOOK_SECRET: "s" };

describe("the App's configuration", () => {
  it("needs three variables and has defaults for the rest", async () => {
    expect(await readConfig(LEAST)).toMatchObject({
      appId: 7,
      privateKey: "a\nkey",
      webhookSecret: "s",
      host: "127.0.0.1",
      port: 3000,
      apiUrl: "https://api.github.com",
      gitHost: null,
      boxService: null,
      agent: { harness: "claude-code" },
      concurrency: 4,
    });
  });

  it("names every variable that is missing or wrong at once", async () => {
    const env = { PORT: "70000", UPSTASH_BOX_BASE_URL: "http://127.0.0.1:1", LOG_LEVEL: "loud" };
    const error = await readConfig(env as NodeJS.ProcessEnv).catch(
      (thrown: Error) => thrown.message,
    );
    for (const name of [
      "APP_ID",
      "PRIVATE_KEY",
      "WEBHOOK_SECRET",
      "PORT",
      "UPSTASH_BOX_API_KEY",
      "LOG_LEVEL",
    ]) {
      expect(error).toMatch(new RegExp(`^ {2}${name}: \\w`, "m"));
    }
  });

  it("takes an empty variable for one that is not set", async () => {
    expect(await readConfig({ ...LEAST, PORT: "", GHE_HOST: "" })).toMatchObject({
      port: 3000,
      gitHost: null,
    });
    await expect(readConfig({ ...LEAST, PRIVATE_KEY: "" })).rejects.toThrow("PRIVATE_KEY");
  });

  it("reads a key from a file, or with line breaks that were written out", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "key.pem");
    await writeFile(path, "from\nfile");
    const { PRIVATE_KEY, ...rest } = LEAST;
    expect(PRIVATE_KEY).toBeDefined();
    expect((await readConfig({ ...rest, PRIVATE_KEY_PATH: path })).privateKey).toBe("from\nfile");
    const escaped = await readConfig({ ...rest, PRIVATE_KEY: "one\\ntwo" });
    expect(escaped.privateKey).toBe("one\ntwo");
  });

  it("finds another GitHub's API and lets the engine fetch from it", async () => {
    const config = await readConfig({ ...LEAST, GHE_HOST: "git.example.com:8443" });
    expect(config.apiUrl).toBe("https://git.example.com:8443/api/v3");
    expect(config.gitHost).toBe("git.example.com:8443");
  });

  it("refuses the harness custom without a program", async () => {
    await expect(readConfig({ ...LEAST, BOX_HARNESS: "custom" })).rejects.toThrow(
      "BOX_CUSTOM_HARNESS",
    );
  });
});
