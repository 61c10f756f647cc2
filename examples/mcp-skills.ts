// Gives an agent tools and knowledge: MCP servers and skills.
import { Agent, Box, ClaudeCode } from "box-action/box";

await using box = await Box.create({
  runtime: "node",
  agent: {
    harness: Agent.ClaudeCode,
    model: ClaudeCode.Sonnet_4_5,
    apiKey: process.env.ANTHROPIC_API_KEY,
  },
  mcpServers: [
    // A server from npm is started in the box, with these arguments.
    {
      name: "filesystem",
      package: "@modelcontextprotocol/server-filesystem",
      args: ["/workspace/home"],
    },
    // One that runs elsewhere has an address. Secrets belong in headers, not in the address.
    { name: "docs", url: process.env.MCP_URL ?? "https://mcp.example.com/mcp" },
  ],
  // owner/repository/skill, from GitHub.
  skills: ["vercel/ai/ai-sdk"],
});

await box.skills.add("anthropics/skills/pdf");
console.log(`Skills: ${(await box.skills.list()).join(", ")}`);

const run = await box.agent.run({
  prompt: "Which tools do you have? List those of the MCP servers.",
  onToolUse: ({ name, input }) => console.log(`uses ${name}`, input),
});
console.log(run.result);

await box.skills.remove("anthropics/skills/pdf");
console.log(`Skills: ${(await box.skills.list()).join(", ")}`);

// What a service could not do with them is in the box's log.
for (const { level, message } of await box.logs()) if (level === "warn") console.log(message);
