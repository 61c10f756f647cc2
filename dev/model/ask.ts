export type Format = "messages" | "responses" | "chat";

/** A tool that the asking program offers. */
export interface OfferedTool {
  name: string;
  /** Codex puts the tools of an MCP server into one of these. */
  namespace?: string;
}

/** What a program asks, whatever the format. */
export interface Ask {
  format: Format;
  model: string;
  isStream: boolean;
  tools: OfferedTool[];
  /** All that is said in it, in order, as one text. */
  words: string;
  /** Beside the work: OpenCode wants a title for the conversation. */
  isAside: boolean;
}

type Json = Record<string, unknown>;

/** Reads a request's body. */
export function readAsk(format: Format, body: Json): Ask {
  const conversation = body.messages ?? body.input ?? [];
  const tools = (Array.isArray(body.tools) ? body.tools : []).flatMap((tool) => offered(tool));
  const words = [...texts(conversation)].join("\n");
  const system = [...texts(body.system ?? body.instructions ?? conversation)].join("\n");
  return {
    format,
    model: String(body.model ?? "scripted"),
    isStream: body.stream === true,
    tools,
    words,
    isAside: tools.length === 0 && /title generator/i.test(system),
  };
}

function offered(tool: Json, namespace?: string): OfferedTool[] {
  const inner = tool.function as Json | undefined;
  const name = String(inner?.name ?? tool.name ?? tool.type ?? "");
  if (Array.isArray(tool.tools)) return tool.tools.flatMap((each: Json) => offered(each, name));
  return [namespace === undefined ? { name } : { name, namespace }];
}

/** Every text in it, however deep: formats differ in what is around. */
function* texts(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const each of value) yield* texts(each);
  else if (typeof value === "object" && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      if (name === "text" || name === "content" || name === "output") yield* texts(each);
    }
  }
}
