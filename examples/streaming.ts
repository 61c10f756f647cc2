// Asks the same of several boxes at once, watches them work, and gets typed answers back.
import { Agent, Box, ClaudeCode } from "box-action/box";
import { z } from "zod";

// The agent's last word has to be JSON of this shape; `stream.result` is its parsed value.
const Idea = z.object({
  title: z.string(),
  effort: z.enum(["small", "medium", "large"]),
  steps: z.array(z.string()),
});

async function ask(topic: string) {
  await using box = await Box.create({
    agent: {
      harness: Agent.ClaudeCode,
      model: ClaudeCode.Haiku_4_5,
      apiKey: process.env.ANTHROPIC_API_KEY,
    },
    labels: ["example"],
  });
  const stream = await box.agent.stream({
    prompt: `Suggest one improvement to ${topic} of a small web shop.`,
    responseSchema: Idea,
    timeout: 5 * 60_000, // then the run is cancelled, and a BoxError thrown
  });
  for await (const part of stream) {
    if (part.type === "text-delta") console.log(`[${topic}] ${part.text.trim()}`);
    if (part.type === "tool-call") console.log(`[${topic}] uses ${part.toolName}`);
  }
  return stream.result;
}

const topics = ["the search", "the checkout", "the tests"];
const answers = await Promise.allSettled(topics.map(ask));

answers.forEach((answer, index) => {
  // One that failed has not stopped the others; its error says why.
  if (answer.status === "rejected") console.log(`${topics[index]}: ${answer.reason.message}`);
  else console.log(`${topics[index]}: ${answer.value.title} (${answer.value.effort})`);
});
