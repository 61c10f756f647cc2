// Starts an agent and does not wait: the service tells a webhook when it has ended.
//
// WEBHOOK_URL is where it tells. Without it a small receiver is started on this machine, which an
// engine on this machine can reach when it was started with --allow-host 127.0.0.1:PORT.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, Box, ClaudeCode, type WebhookEvent } from "box-action/box";

const receiver = createServer();
let url = process.env.WEBHOOK_URL;
if (url === undefined) {
  receiver.listen(Number(process.env.PORT ?? 8799), "127.0.0.1");
  await once(receiver, "listening");
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/done`;
}

const box = await Box.create({
  agent: {
    harness: Agent.ClaudeCode,
    model: ClaudeCode.Sonnet_4_5,
    apiKey: process.env.ANTHROPIC_API_KEY,
  },
});
const run = await box.agent.run({
  prompt: "Write notes.md, with three ideas for a weekend.",
  webhook: { url, headers: { "x-example": "1" } },
});
console.log(`Run ${run.id} is ${run.status}; ${url} will hear of it.`);

if (receiver.listening) {
  const [request, response] = await once(receiver, "request");
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  response.writeHead(204).end();
  // Anybody may post to an address: docs/webhooks.md shows how to check the signature.
  const event = JSON.parse(body) as WebhookEvent;
  console.log(`Run ${event.run_id} has ${event.status}: ${event.output}`);
  console.log(await box.files.read("notes.md"));
  await box.delete();
  receiver.close();
} else {
  // The box is needed until the run has ended: whoever hears of it deletes it.
  console.log(`Delete box ${box.id} when you have heard of it.`);
}
