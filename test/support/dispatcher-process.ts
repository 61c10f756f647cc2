import { Dispatcher, type DispatcherOptions } from "../../src/app/jobs/dispatcher.ts";
import { openStore } from "../../src/app/store/open-store.ts";
import { stepwise } from "../app/jobs/work.ts";

/** A process that carries out the jobs of a store until it is killed; each step leaves a row. */
const [databaseUrl = ""] = process.argv.slice(2);
const store = await openStore({
  data: "/nonexistent",
  exclusive: false,
  databaseUrl,
  onError: () => {},
});
const dispatcher = new Dispatcher({
  store,
  room: { total: 40, perInstallation: 40 },
  work: stepwise(
    store,
    async ({ job, attempt, step }) => {
      await store.query("insert into deeds (job, attempt, step, process) values ($1, $2, $3, $4)", [
        job,
        attempt,
        step,
        process.pid,
      ]);
    },
    () => Math.random() * 20,
  ),
  log: { info: () => {}, error: () => {} },
} as unknown as DispatcherOptions);
await dispatcher.start();
process.stdout.write("ready\n");
