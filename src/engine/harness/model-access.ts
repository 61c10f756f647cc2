import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { ModelCalls } from "../gateway/model-calls.ts";
import { modelName } from "../gateway/model-name.ts";
import type { WireFormat } from "../gateway/wire-format.ts";
import { budgetOf } from "./budget-of.ts";
import type { AgentRequest, Harness } from "./harness.ts";

/** What a client sends in the place of a key: to name the one that is stored, or the service's own. */
const STORED_KEY = "STORED_KEY";
const UPSTASH_KEY = "UPSTASH_KEY";

/**
 * Finds out who answers for a run's model, and what the run may cost.
 * @returns undefined for a user's own program, which has its own way to a model
 * @throws EngineError 400 with the reason and the remedy
 */
export async function modelAccess(
  box: EngineBox,
  harness: Harness,
  request: AgentRequest,
  model: string | undefined,
): Promise<{ calls: ModelCalls; format: WireFormat } | undefined> {
  if (harness.package === undefined) return undefined;
  const name = modelName(model ?? "");
  const { agent_api_key, agent_key_provider } = box.record;
  if (agent_api_key === UPSTASH_KEY) {
    throw new EngineError(
      400,
      "no_model_key",
      `The box asks for Upstash's own key, which this engine does not have: store one with box-action engine keys set ${name.provider} and create the box with BoxApiKey.StoredKey or without apiKey, or use Upstash Box.`,
    );
  }
  const isOwn = agent_api_key !== STORED_KEY && agent_key_provider === name.provider;
  const ownKey = isOwn ? agent_api_key : undefined;
  const keyed = await box.agents.keys.find(name.provider, ownKey);
  const format = harness.format(name.provider, name.model);
  if (format === undefined || !keyed.provider.formats.includes(format)) {
    const able = `openrouter/${name.provider}/${name.model}`;
    throw new EngineError(
      400,
      "invalid_request",
      `model: ${harness.name} cannot ask ${name.provider}, which does not speak its format; use another agent, or another provider, such as ${able}.`,
    );
  }
  const budgetUsd = budgetOf(request);
  const calls = new ModelCalls({
    ...keyed,
    model: name.model,
    budgetUsd,
    onNote: (message) => box.log.write("info", "system", message),
  });
  if (budgetUsd !== undefined && !calls.hasPrice) {
    throw new EngineError(
      400,
      "invalid_request",
      `agent_options.maxBudgetUsd: the price of ${name.model} is not known, so that no budget can be held; leave it out, or use another model.`,
    );
  }
  return { calls, format };
}
