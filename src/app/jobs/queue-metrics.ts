import { Gauge, type Registry } from "prom-client";
import type { Store } from "../store/store.ts";

/** Gauges of the queue that all processes share, read when they are asked for. */
export function queueMetrics(store: Store, registers: Registry[]): void {
  // All are asked for at the same time.
  let reading: Promise<Queue> | undefined;
  const read = () => {
    reading ??= readQueue(store).finally(() => {
      reading = undefined;
    });
    return reading;
  };
  new Gauge({
    name: "box_action_jobs",
    help: "Jobs that wait or run, in all processes.",
    labelNames: ["state"],
    registers,
    async collect() {
      const { queued, running } = await read();
      this.set({ state: "queued" }, queued);
      this.set({ state: "running" }, running);
    },
  });
  new Gauge({
    name: "box_action_deliveries_waiting",
    help: "Deliveries that were answered and are not done with, in all processes.",
    registers,
    async collect() {
      this.set((await read()).deliveries);
    },
  });
  new Gauge({
    name: "box_action_queue_age_seconds",
    help: "How long the oldest job that has not begun has waited; 0 when none waits.",
    registers,
    async collect() {
      this.set((await read()).age);
    },
  });
}

interface Queue {
  queued: number;
  running: number;
  age: number;
  deliveries: number;
}

async function readQueue(store: Store): Promise<Queue> {
  const [queue] = await store.query<Queue & Record<string, number>>(QUEUE);
  return queue ?? { queued: 0, running: 0, age: 0, deliveries: 0 };
}

const QUEUE = `
  select count(*) filter (where state = 'queued')::integer as queued,
    count(*) filter (where state = 'running')::integer as running,
    coalesce(extract(epoch from now() - min(queued_at) filter (where attempt = 0)), 0)::float8 as age,
    (select count(*)::integer from deliveries where state = 'waiting') as deliveries
  from jobs where state <> 'ended'
`;
