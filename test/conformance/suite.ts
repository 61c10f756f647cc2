import type * as official from "@upstash/box";
import { Agent } from "@upstash/box";
import { afterEach, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { agentScript } from "../support/agent-script.ts";
import { asOurs } from "./as-ours.ts";
import type { Capability, Lacks } from "./capability.ts";
import type { LocalService, RunningService } from "./service.ts";
import type { Target, TargetBox, TargetEphemeralBox } from "./target.ts";

const AGENT = "/home/boxuser/agent.sh";

/** What cases are given: a client, a service, and boxes that are gone when the case is over. */
export class Suite {
  readonly target: Target;
  /** What the client or the service cannot do. */
  readonly lacks: Lacks;
  readonly #service: () => RunningService;
  readonly #boxes = new Set<{ id: string }>();
  readonly #needed = new Set<string>();

  constructor(target: Target, lacks: Lacks, service: () => RunningService) {
    this.target = target;
    this.lacks = lacks;
    this.#service = service;
  }

  /** One behaviour. Where something is lacking that it needs, `lacking` shows so instead. */
  it(title: string, run: () => Promise<void>, needs: readonly Capability[] = []): void {
    for (const need of needs) this.#needed.add(need);
    if (needs.every((need) => this.lacks[need] === undefined)) it(title, run);
  }

  /** One test for each thing that is lacking; it fails when the list has gone stale. */
  lacking(): void {
    for (const [capability, { why, shown }] of Object.entries(this.lacks)) {
      const title = `lacks ${capability}: ${why}`;
      if (!this.#needed.has(capability)) throw new Error(`No case needs ${capability}.`);
      if (shown === undefined) it.skip(title);
      else it(title, () => shown(this));
    }
  }

  /** Called once, where the cases are. */
  deleteBoxesAfterEach(): void {
    afterEach(async () => {
      const ids = [...this.#boxes].map(({ id }) => id);
      this.#boxes.clear();
      await Promise.all(ids.map((id) => this.request(`/${id}`, { method: "DELETE" })));
    });
  }

  get connection(): { baseUrl: string; apiKey: string } {
    return this.#service().connection;
  }

  get local(): LocalService {
    const { local } = this.#service();
    if (local === undefined) throw new Error("The case does not say what it needs.");
    return local;
  }

  async box(options: official.BoxConfig = {}): Promise<TargetBox> {
    return this.keep(await this.target.Box.create({ ...this.connection, ...options }));
  }

  /** A box of our SDK, for cases that need what only ours can. */
  async ourBox(options: official.BoxConfig = {}): Promise<Box> {
    return asOurs(await this.box(options));
  }

  async ephemeralBox(options: official.EphemeralBoxConfig = {}): Promise<TargetEphemeralBox> {
    return this.keep(await this.target.EphemeralBox.create({ ...this.connection, ...options }));
  }

  /** A box whose agent is a script; see `agentScript`. */
  async agentBox(scenarios: Record<string, string>): Promise<TargetBox> {
    const customHarness = { command: "sh", args: [AGENT] };
    const box = await this.box({ agent: { harness: Agent.Custom, customHarness } });
    await box.files.write({ path: AGENT, content: agentScript(scenarios) });
    return box;
  }

  /** Has a box deleted when the case is over. */
  keep<Kept extends { id: string }>(box: Kept): Kept {
    this.#boxes.add(box);
    return box;
  }

  /** A request without an SDK. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    const { baseUrl, apiKey } = this.connection;
    const headers = { "x-box-api-key": apiKey, ...init.headers };
    return fetch(`${baseUrl}/v2/box${path}`, { ...init, headers });
  }

  /** One with a JSON body, and its answer. */
  async call<Body = { id: string; error: string }>(method: string, path: string, body?: object) {
    const sent = body && { body: JSON.stringify(body), headers: JSON_HEADERS };
    const response = await this.request(path, { method, ...sent });
    return { status: response.status, body: (await response.json()) as Body };
  }
}

const JSON_HEADERS = { "content-type": "application/json" };
