import type { BoxData } from "./wire.ts";

/** Which agent works in a box. */
export interface ModelConfig {
  /** The agent program, undefined without an agent. */
  harness: string | undefined;
  /** Its model. */
  model: string | undefined;
  /** @deprecated Read `harness`. */
  provider: string | undefined;
  /** @deprecated Read `harness`. */
  runner: string | undefined;
}

/** What the service says of a box's agent; it may send "" for none. */
export function modelConfig({ agent, model }: BoxData): ModelConfig {
  const harness = agent || undefined;
  return { harness, model: model || undefined, provider: harness, runner: harness };
}
