// Creates a box, lets an agent work in it, and reads what it has made.
import { Agent, Box, ClaudeCode } from "box-action/box";

// `await using` deletes the box at the end, also after an error. Without it: `await box.delete()`.
await using box = await Box.create({
  runtime: "node",
  agent: {
    harness: Agent.ClaudeCode,
    model: ClaudeCode.Sonnet_4_5, // or any other model's name
    apiKey: process.env.ANTHROPIC_API_KEY, // left out, the service uses the key that it has
  },
});
console.log(`Box ${box.id} is there.`);

const run = await box.agent.run({
  prompt: "Write hello.js, a program that prints a friendly greeting.",
});
console.log(run.result);
console.log(`${run.cost.inputTokens} tokens read, ${run.cost.outputTokens} written.`);

// The agent has worked in the box: its files are there, and can be run there.
console.log(await box.files.read("hello.js"));
const hello = await box.exec.command("node hello.js");
console.log(`${hello.status}: ${hello.result}`);
