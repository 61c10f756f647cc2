import type { Provider } from "./provider.ts";

const ALL_FORMATS = ["messages", "responses", "chat"] as const;

/**
 * The providers that the engine knows by itself, in the order in which the documents name them.
 * Sources: platform.claude.com/docs, platform.openai.com/docs, openrouter.ai/docs,
 * vercel.com/docs/ai-gateway, opencode.ai/docs/zen, docs.ollama.com (November 2026).
 */
export const PROVIDERS: readonly Provider[] = [
  {
    name: "anthropic",
    baseUrl: "https://api.anthropic.com",
    formats: ["messages", "chat"],
    variables: { key: ["ANTHROPIC_API_KEY"], baseUrl: "ANTHROPIC_BASE_URL" },
    needsKey: true,
  },
  {
    name: "openai",
    baseUrl: "https://api.openai.com",
    formats: ["responses", "chat"],
    variables: { key: ["OPENAI_API_KEY"], baseUrl: "OPENAI_BASE_URL" },
    needsKey: true,
  },
  {
    name: "openrouter",
    baseUrl: "https://openrouter.ai/api",
    formats: ALL_FORMATS,
    variables: { key: ["OPENROUTER_API_KEY"] },
    needsKey: true,
  },
  {
    name: "vercel",
    baseUrl: "https://ai-gateway.vercel.sh",
    formats: ALL_FORMATS,
    variables: { key: ["AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"] },
    needsKey: true,
  },
  {
    name: "opencode",
    baseUrl: "https://opencode.ai/zen",
    formats: ALL_FORMATS,
    variables: { key: ["OPENCODE_API_KEY"] },
    needsKey: true,
  },
  {
    name: "ollama",
    baseUrl: "http://127.0.0.1:11434",
    formats: ALL_FORMATS,
    variables: { key: ["OLLAMA_API_KEY"], baseUrl: "OLLAMA_HOST" },
    needsKey: false,
  },
];

/** A server of one's own that speaks as OpenAI's does, such as vLLM; many speak the other two as well. */
export function compatibleProvider(name: string, baseUrl: string): Provider {
  return { name, baseUrl, formats: ALL_FORMATS, variables: { key: [] }, needsKey: false };
}
