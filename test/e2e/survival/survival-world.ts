import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import type { RepositoryHandle } from "../../../dev/github/index.ts";
import { Box } from "../../../src/box/index.ts";
import { type AppProcess, appProcesses } from "../../support/app-process.ts";
import { debianPostgres } from "../../support/debian-postgres.ts";
import { faultProxy } from "../../support/fault-proxy.ts";
import { type CliProcess, runCli } from "../../support/run-cli.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { testGitHub } from "../../support/test-github.ts";

/** What the agent of these tests, and the repository's own tests, wait for. */
export const AGENT_GATE = "/tmp/agent-may-go";
export const TESTS_GATE = "/tmp/tests-may-go";

const API_KEY = "key";

const waitFor = (file: string) => `while [ ! -e ${file} ]; do sleep 0.1; done`;

/**
 * A GitHub, an engine, a database and an App, each a process of its own that can be killed, cut off or
 * started again; between App and engine a proxy.
 */
export async function survivalWorld() {
  const opened: AsyncDisposable[] = [];
  const closeAll = async () => {
    for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    return await openWorld(opened, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openWorld(opened: AsyncDisposable[], closeAll: () => Promise<void>) {
  const use = <T extends AsyncDisposable>(one: T): T => {
    opened.push(one);
    return one;
  };
  const folder = use(await temporaryFolder());
  const host = use(await testGitHub());
  const postgres = use(await debianPostgres());
  const databaseUrl = await postgres.database();
  const port = await freePort();
  const engineFolder = join(folder.path, "engine");
  const startEngine = async (): Promise<CliProcess> => {
    const args = ["--port", `${port}`, "--api-key", API_KEY, "--data", engineFolder];
    const allowed = ["--allow-host", new URL(host.github.url).host];
    const cli = runCli(["engine", ...args, ...allowed]);
    use(cli);
    await cli.ready();
    return cli;
  };
  let engine = await startEngine();
  const ready = new Map<string, PromiseWithResolvers>();
  const readyOf = (job: string) => {
    const known = ready.get(job) ?? withResolvers();
    ready.set(job, known);
    return known;
  };
  const target = `http://127.0.0.1:${port}`;
  const proxy = use(await faultProxy({ target, ready: (job) => readyOf(job).promise }));
  const apps = await appProcesses(host, folder.path, {
    "wait for me": `${waitFor(AGENT_GATE)}; echo done > done.txt`,
    "in the tests": "touch wait-in-tests; echo done > done.txt",
    "": "echo done > done.txt",
  });
  let app: AppProcess;
  const startApp = async () => {
    app = await apps.start({
      DATABASE_URL: databaseUrl,
      UPSTASH_BOX_BASE_URL: proxy.url,
      UPSTASH_BOX_API_KEY: API_KEY,
      BOX_ACTION_CONCURRENCY: "40",
      BOX_ACTION_GRACE_SECONDS: "0",
    });
    use(app);
  };
  await startApp();
  const connection = { baseUrl: target, apiKey: API_KEY };
  return {
    ...host,
    github: host.github,
    proxy,
    /** What is to be held of this job is known: its box may be made. */
    ready: (job: string) => readyOf(job).resolve(),
    postgres,
    databaseUrl,
    /** A repository with tests that pass once they may; an issue in it. */
    async place(): Promise<{ repository: RepositoryHandle; issue: number }> {
      const repository = await host.repository({
        files: {
          "package.json": JSON.stringify({ scripts: { test: "sh test.sh" } }),
          "test.sh": `if [ -e wait-in-tests ]; then ${waitFor(TESTS_GATE)}; fi\n`,
        },
      });
      const { number } = await repository.createIssue({ author: host.maintainer, title: "Do it" });
      return { repository, issue: number };
    },
    async killApp() {
      await app.kill();
    },
    startApp,
    /** What the App has printed, for the message of a failure. */
    said: () => app.cli.stderr(),
    async restartEngine() {
      engine.child.kill("SIGKILL");
      await engine.exit();
      engine = await startEngine();
    },
    boxes: () => Box.list(connection),
    /** Whether a run goes on in a job's box that is described by this. */
    async isRunning(job: string, what: RegExp): Promise<boolean> {
      const [found] = await Box.list({ ...connection, label: `job:${job}` });
      if (found === undefined) return false;
      const runs = await (await Box.get(found.id, connection)).listRuns();
      return runs.some(({ status, prompt = "" }) => status === "running" && what.test(prompt));
    },
    /** Opens the gates of all boxes that there are. */
    async openGates() {
      for (const { id } of await Box.list(connection)) {
        const box = await Box.get(id, connection).catch(() => null);
        for (const path of [AGENT_GATE, TESTS_GATE]) {
          await box?.files.write({ path, content: "" }).catch(() => undefined);
        }
      }
    },
    async rows<Row extends object>(statement: string): Promise<Row[]> {
      const client = new Client({ connectionString: databaseUrl });
      client.on("error", () => undefined);
      await client.connect();
      try {
        return (await client.query<Row>(statement)).rows;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: closeAll,
  };
}

export type SurvivalWorld = Awaited<ReturnType<typeof survivalWorld>>;

interface PromiseWithResolvers {
  promise: Promise<void>;
  resolve(): void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
