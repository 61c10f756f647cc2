import { API_KEY_HEADER } from "../../box/wire.ts";
import type { Operation } from "./operation.ts";
import { PATH_PARAMETERS } from "./path-parameters.ts";

/** A command for a POSIX shell that does the operation's example. */
export function curlCommand(operation: Operation): string {
  const { isOpen, socket, example = {} } = operation;
  if (socket !== undefined) return websocatCommand(operation);
  const parts = [`curl ${flags(operation)}"$UPSTASH_BOX_BASE_URL${target(operation)}"`];
  if (!isOpen) parts.push(keyHeader("-H"));
  if (example.accept !== undefined) parts.push(`-H ${quote(`accept: ${example.accept}`)}`);
  if (example.body !== undefined) {
    parts.push("-H 'content-type: application/json'");
    parts.push(`-d ${quote(JSON.stringify(example.body))}`);
  }
  for (const [name, value] of example.form ?? []) parts.push(`-F ${quote(`${name}=${value}`)}`);
  return parts.join(" \\\n  ");
}

/** curl speaks no WebSocket in a shell; websocat sends its input as frames. */
function websocatCommand(operation: Operation): string {
  const frame = quote(JSON.stringify(operation.example?.body));
  const url = `"ws\${UPSTASH_BOX_BASE_URL#http}${target(operation)}"`;
  return `(echo ${frame}; cat) | websocat ${keyHeader("-H")} \\\n  ${url}`;
}

function flags({ method, answer, example = {} }: Operation): string {
  const isPostAnyway = example.body !== undefined || example.form !== undefined;
  const wanted = isPostAnyway ? "post" : "get";
  const streams = answer.content["text/event-stream"] !== undefined;
  const bytes = answer.content["application/octet-stream"] !== undefined;
  return [
    streams ? "-N " : "",
    bytes ? "-o file " : "",
    method === wanted ? "" : `-X ${method.toUpperCase()} `,
  ].join("");
}

function target({ path, example = {} }: Operation): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => PATH_PARAMETERS[name]?.example ?? "");
  const query = new URLSearchParams(example.query).toString();
  return query === "" ? filled : `${filled}?${query}`;
}

function keyHeader(flag: string): string {
  return `${flag} "${API_KEY_HEADER}: $UPSTASH_BOX_API_KEY"`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
