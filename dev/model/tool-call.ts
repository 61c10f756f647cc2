import type { Ask, OfferedTool } from "./ask.ts";
import type { ToolCall } from "./scenario.ts";

/** A call as the asking program knows it. */
export interface NamedCall {
  name: string;
  namespace?: string;
  input: Record<string, unknown>;
}

/**
 * The call of a tool that the program has for what is to be done.
 * @throws Error that names what the program offers instead
 */
export function nameCall(call: ToolCall, { tools }: Ask): NamedCall {
  if ("exact" in call) return exactCall(call.exact, call.input, tools);
  const has = (name: string) => tools.some((tool) => tool.name === name);
  if (has("Write")) return claudeCode(call);
  if (has("exec_command")) return { name: "exec_command", input: { cmd: shellOf(call) } };
  if (has("shell")) return { name: "shell", input: { command: ["bash", "-lc", shellOf(call)] } };
  if (has("write")) return openCode(call);
  throw new Error(
    `No tool to ${call.tool} with among ${tools.map(({ name }) => name).join(", ")}.`,
  );
}

/** `server/tool` is `mcp__server__tool` here, `server_tool` there, or in a namespace. */
function exactCall(exact: string, input: Record<string, unknown>, tools: readonly OfferedTool[]) {
  const [server, tool] = exact.includes("/") ? exact.split("/") : [undefined, exact];
  const found = tools.find(({ name, namespace }) =>
    server === undefined
      ? name === tool
      : name === `mcp__${server}__${tool}` ||
        name === `${server}_${tool}` ||
        (name === tool && namespace?.includes(server) === true),
  );
  if (found === undefined) {
    const offered = tools.map(({ name, namespace }) => `${namespace ?? ""}.${name}`).join(", ");
    throw new Error(`No tool ${exact} among ${offered}.`);
  }
  return { ...found, input };
}

type NeutralCall = Exclude<ToolCall, { exact: string }>;

function claudeCode(call: NeutralCall): NamedCall {
  switch (call.tool) {
    case "write":
      return { name: "Write", input: { file_path: call.path, content: call.content } };
    case "edit":
      return {
        name: "Edit",
        input: { file_path: call.path, old_string: call.old, new_string: call.new },
      };
    case "read":
      return { name: "Read", input: { file_path: call.path } };
    case "shell":
      return { name: "Bash", input: { command: call.command, description: "scripted" } };
  }
}

function openCode(call: NeutralCall): NamedCall {
  switch (call.tool) {
    case "write":
      return { name: "write", input: { filePath: call.path, content: call.content } };
    case "edit":
      return {
        name: "edit",
        input: { filePath: call.path, oldString: call.old, newString: call.new },
      };
    case "read":
      return { name: "read", input: { filePath: call.path } };
    case "shell":
      return { name: "bash", input: { command: call.command, description: "scripted" } };
  }
}

/** Codex does everything with a shell. */
function shellOf(call: NeutralCall): string {
  switch (call.tool) {
    case "write":
      return `printf '%s' ${quote(call.content)} > ${quote(call.path)}`;
    case "edit":
      return `python3 - <<'PY'\nfrom pathlib import Path\np = Path(${JSON.stringify(call.path)})\np.write_text(p.read_text().replace(${JSON.stringify(call.old)}, ${JSON.stringify(call.new)}, 1))\nPY`;
    case "read":
      return `cat ${quote(call.path)}`;
    case "shell":
      return call.command;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
