/** The ways in which programs ask models: Anthropic's Messages, OpenAI's Responses and Chat Completions. */
export type WireFormat = "messages" | "responses" | "chat";

/** Where each is asked for, below the base URL that a program is given. */
const PATHS: Readonly<Record<string, WireFormat>> = {
  "/v1/messages": "messages",
  "/v1/messages/count_tokens": "messages",
  "/v1/responses": "responses",
  "/v1/chat/completions": "chat",
};

/** The format that a path is of, if it is one at which a model is asked. */
export function formatOf(path: string): WireFormat | undefined {
  return Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
}
