import { randomBytes } from "node:crypto";
import type { KeyedProvider } from "./model-keys.ts";
import { costOf, priceOf } from "./price-of.ts";
import type { Price } from "./prices.ts";
import { addUsage, NO_USAGE, type TokenUsage } from "./token-usage.ts";

/** A server on one's own machine. */
const FREE: Price = { input: 0, output: 0 };

/** More than any program has helpers; each may have a body of 64 MiB. */
const CALLS_AT_ONCE = 32;
/** A program can make up names without end. */
const NOTED_MODELS = 20;

/** Who is asked for one run's models, and how much that may cost. */
export interface ModelCallsOptions extends KeyedProvider {
  /** The run's own model, as the provider knows it. */
  model: string;
  /** US dollars; the call after the one that reaches it is refused. @default none */
  budgetUsd?: number | undefined;
  /** Told, for the box's log, of what people should know: retries, unknown prices. */
  onNote: (message: string) => void;
}

/** The calls to models of one run: who may make them, what they have used, and why they may go no further. */
export class ModelCalls {
  readonly provider: KeyedProvider["provider"];
  readonly key: string | undefined;
  readonly model: string;
  readonly budgetUsd: number | undefined;
  /** What the run's program shows at the gateway; it is good for nothing else. */
  readonly token = `box-run-${randomBytes(24).toString("base64url")}`;
  readonly note: (message: string) => void;
  readonly #unpriced = new Set<string>();
  #usage: TokenUsage = NO_USAGE;
  #costUsd = 0;
  #count = 0;
  #underWay = 0;
  #problem: string | undefined;

  constructor(options: ModelCallsOptions) {
    this.provider = options.provider;
    this.key = options.key;
    this.model = options.model;
    this.budgetUsd = options.budgetUsd;
    this.note = options.onNote;
  }

  get usage(): TokenUsage {
    return this.#usage;
  }

  /** @returns false when there are so many on their way that their bodies would fill the memory */
  begin(): boolean {
    if (this.#underWay >= CALLS_AT_ONCE) return false;
    this.#underWay++;
    return true;
  }

  /** One that was begun is over. */
  finish(): void {
    this.#underWay--;
  }

  /** US dollars. Calls of models without a known price are not in it. */
  get costUsd(): number {
    return this.#costUsd;
  }

  /** Calls that a provider has answered. */
  get count(): number {
    return this.#count;
  }

  /** Why the last call was refused, for the person who asked; undefined: it was not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  set problem(problem: string | undefined) {
    this.#problem = problem;
  }

  /** Whether what the run may cost can be told, and so be held to. */
  get hasPrice(): boolean {
    return this.isPriced(this.model);
  }

  isPriced(model: string): boolean {
    return this.#price(model) !== undefined;
  }

  /** Why there is to be no further call; undefined: there may be one. */
  get spent(): string | undefined {
    const { budgetUsd } = this;
    if (budgetUsd === undefined || this.#costUsd < budgetUsd) return undefined;
    return `The budget of $${budgetUsd} is spent ($${this.#costUsd.toFixed(4)} so far): run it again with a larger maxBudgetUsd to go on.`;
  }

  /**
   * Counts one call.
   * @param costUsd as the provider says; undefined: what the table says
   */
  add(model: string, usage: TokenUsage, costUsd: number | undefined): void {
    this.#count++;
    this.#usage = addUsage(this.#usage, usage);
    const price = this.#price(model);
    if (costUsd !== undefined) this.#costUsd += costUsd;
    else if (price !== undefined) this.#costUsd += costOf(price, usage);
    else this.#noteUnpriced(model);
  }

  #price(model: string): Price | undefined {
    return this.provider.needsKey || this.key !== undefined ? priceOf(model) : FREE;
  }

  #noteUnpriced(model: string): void {
    if (this.#unpriced.has(model) || this.#unpriced.size === NOTED_MODELS) return;
    this.#unpriced.add(model);
    this.note(`The price of ${model} is not known: its tokens are counted, its cost is not.`);
  }
}
