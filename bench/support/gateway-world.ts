import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ScenarioInput } from "../../dev/model/index.ts";
import { Gateway } from "../../src/engine/gateway/gateway.ts";
import { ModelCalls } from "../../src/engine/gateway/model-calls.ts";
import { compatibleProvider } from "../../src/engine/gateway/providers.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { testDriver } from "../../test/support/test-sandbox.ts";

const CLIENT = fileURLToPath(new URL("reading-client.mjs", import.meta.url));
const MODEL = fileURLToPath(new URL("../../dev/model/main.ts", import.meta.url));
const IN_BOX = "/tmp/reading-client.mjs";
const PATH = "/v1/messages";
const ENV = { PATH: "/opt/node/bin:/usr/bin:/bin" };

/** One answer of the model, as its reader had it. */
export interface Answer {
  /** Milliseconds to the first byte, and to the last. */
  first: number;
  all: number;
  bytes: number;
}

/** A model in a process of its own, this process as the gateway, and readers in and out of a box. */
export interface GatewayWorld extends AsyncDisposable {
  /** A program in a box that asks through the gateway. */
  throughGateway(rounds: number): Promise<Answer[]>;
  /** The same program without a box, that asks the model itself. */
  direct(rounds: number): Promise<Answer[]>;
}

/** @param scenario what the model does */
export async function gatewayWorld(scenario: ScenarioInput): Promise<GatewayWorld> {
  const closing: Array<() => unknown> = [];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const folder = await temporaryFolder();
    closing.push(() => folder[Symbol.asyncDispose]());
    const file = join(folder.path, "scenario.json");
    await writeFile(file, JSON.stringify(scenario));
    const model = await modelProcess(file);
    closing.push(model.stop);
    const boxes = await testDriver();
    closing.push(() => boxes[Symbol.asyncDispose]());
    const box = await boxes.sandbox({ network: "deny-all" });
    closing.push(() => box[Symbol.asyncDispose]());
    const { connection } = box.sandbox;
    await connection.files.write(IN_BOX, await readFile(CLIENT));
    const gateway = new Gateway();
    closing.push(() => gateway.close());
    const provider = compatibleProvider("scripted", model.url);
    const calls = new ModelCalls({ provider, key: undefined, model: "m", onNote() {} });
    const open = await gateway.open(connection, calls);
    closing.push(() => open.close());
    return {
      async throughGateway(rounds) {
        const argv = ["node", IN_BOX, open.url + PATH, calls.token, String(rounds)];
        const { stdout, stderr, exit } = await connection.run({ argv, env: ENV });
        if (exit.code !== 0) throw new Error(String(stderr));
        return parse(String(stdout));
      },
      async direct(rounds) {
        const argv = [CLIENT, model.url + PATH, "none", String(rounds)];
        return parse((await promisify(execFile)(process.execPath, argv)).stdout);
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function modelProcess(file: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ["--import", "tsx", MODEL, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return {
    url: JSON.parse(String(line)).url,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function parse(lines: string): Answer[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
