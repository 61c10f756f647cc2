// A tool server that an agent in a box can reach, with one tool: it says back what it hears.
import { createServer } from "node:http";

const TOOLS = [
  {
    name: "say",
    description: "Says back what it hears.",
    inputSchema: { type: "object", properties: { words: { type: "string" } }, required: ["words"] },
  },
];

createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  // The other direction, which nobody needs here.
  if (request.method !== "POST") return response.writeHead(405).end();
  const { id, method, params } = JSON.parse(text);
  if (id === undefined) return response.writeHead(202).end();
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answer(method, params, request) }));
}).listen(Number(process.argv[2]), "127.0.0.1");

function answer(method, params, { headers }) {
  if (method === "initialize") {
    const { protocolVersion } = params;
    const serverInfo = { name: "echo", version: "1.0.0" };
    return { protocolVersion, capabilities: { tools: {} }, serverInfo };
  }
  if (method === "tools/list") return { tools: TOOLS };
  if (method !== "tools/call") return {};
  const words = `heard: ${params.arguments.words} with ${headers["x-secret"]}`;
  return { content: [{ type: "text", text: words }] };
}
