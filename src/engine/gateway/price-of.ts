import { PRICES, type Price } from "./prices.ts";
import type { TokenUsage } from "./token-usage.ts";

/** `claude-sonnet-4-5-20250929` is one day's edition of `claude-sonnet-4-5`. */
const EDITION = /(-\d{8}|-\d{4}-\d{2}-\d{2}|-latest|-preview|:[a-z]+)$/;

/**
 * The price of a model, whoever answers for it.
 * @param model with or without those whose it is: `claude-sonnet-5`, `anthropic/claude-sonnet-5`
 * @returns undefined for one that is in no table
 */
export function priceOf(model: string): Price | undefined {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  // OpenRouter and Vercel write Anthropic's versions with a dot.
  const forms = [name, name.startsWith("claude-") ? name.replaceAll(".", "-") : name];
  for (const form of forms) {
    for (const candidate of [form, form.replace(EDITION, "")]) {
      if (Object.hasOwn(PRICES, candidate)) return PRICES[candidate];
    }
  }
  return undefined;
}

/** What one call has cost, in US dollars. */
export function costOf(price: Price, usage: TokenUsage): number {
  const { long } = price;
  const rate = long !== undefined && usage.input > long.above ? long : price;
  const plain = Math.max(0, usage.input - usage.cachedInput - usage.cacheWrite);
  const sum =
    plain * rate.input +
    usage.cachedInput * (rate.cachedInput ?? rate.input) +
    usage.cacheWrite * (rate.cacheWrite ?? rate.input) +
    usage.output * rate.output;
  return sum / 1_000_000;
}
