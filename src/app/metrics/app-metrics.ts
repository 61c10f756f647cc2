import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { JobEvent, StepName } from "../../core/events.ts";
import type { DeliveryEvent } from "../deliveries/delivery.ts";
import { queueMetrics } from "../jobs/queue-metrics.ts";
import type { Store } from "../store/store.ts";
import type { GitHubRequest } from "./observed-octokit.ts";

/** From the time that an instant step takes to that of an agent's work. */
const STEP_BUCKETS_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600];
const DELIVERY_BUCKETS_SECONDS = [0.05, 0.1, 0.5, 1, 5, 30, 120];

/** What `/metrics` tells Prometheus of this process, and of the queue that all processes share. */
export class AppMetrics {
  readonly #registry = new Registry();
  readonly #deliveries: Counter<"event">;
  readonly #deliverySeconds: Histogram<"event">;
  readonly #steps: Histogram<"step">;
  readonly #ended: Counter<"status">;
  readonly #requests: Counter<"method" | "status">;
  readonly #remaining: Gauge<"resource">;
  readonly #tokens: Counter<"kind">;
  readonly #cost: Counter;

  constructor(store: Store) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#deliveries = new Counter({
      name: "box_action_deliveries_total",
      help: "Webhook deliveries, by what became of them.",
      labelNames: ["event"],
      registers,
    });
    this.#deliverySeconds = new Histogram({
      name: "box_action_delivery_seconds",
      help: "How long a delivery was worked on after it had been answered.",
      labelNames: ["event"],
      buckets: DELIVERY_BUCKETS_SECONDS,
      registers,
    });
    this.#steps = new Histogram({
      name: "box_action_step_seconds",
      help: "How long the steps of jobs take.",
      labelNames: ["step"],
      buckets: STEP_BUCKETS_SECONDS,
      registers,
    });
    this.#ended = new Counter({
      name: "box_action_jobs_ended_total",
      help: "Jobs that this process has ended.",
      labelNames: ["status"],
      registers,
    });
    this.#requests = new Counter({
      name: "box_action_github_requests_total",
      help: "Requests to GitHub's REST API; status 0 is one without an answer.",
      labelNames: ["method", "status"],
      registers,
    });
    this.#remaining = new Gauge({
      name: "box_action_github_rate_limit_remaining",
      help: "Requests that are left, as GitHub said it last; of all installations the fewest.",
      labelNames: ["resource"],
      registers,
    });
    this.#tokens = new Counter({
      name: "box_action_tokens_total",
      help: "Tokens that agents have used.",
      labelNames: ["kind"],
      registers,
    });
    this.#cost = new Counter({
      name: "box_action_cost_usd_total",
      help: "What agents have cost, in US dollars.",
      registers,
    });
    queueMetrics(store, registers);
  }

  delivery(event: DeliveryEvent): void {
    this.#deliveries.inc({ event: event.type });
    if ("seconds" in event) this.#deliverySeconds.observe({ event: event.name }, event.seconds);
  }

  step(step: StepName, milliseconds: number): void {
    this.#steps.observe({ step }, milliseconds / 1_000);
  }

  jobEvent(event: JobEvent): void {
    if (event.type === "usage") {
      const { inputTokens, outputTokens, costUsd } = event.usage;
      this.#tokens.inc({ kind: "input" }, inputTokens);
      this.#tokens.inc({ kind: "output" }, outputTokens);
      this.#cost.inc(costUsd);
    }
    if (event.type === "job-finished") this.#ended.inc({ status: event.outcome.status });
  }

  gitHubRequest({ method, status, remaining }: GitHubRequest): void {
    this.#requests.inc({ method, status });
    if (remaining !== null) this.#remaining.set({ resource: remaining.resource }, remaining.count);
  }

  /** In Prometheus' text format. */
  async text(): Promise<{ body: string; contentType: string }> {
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }
}
