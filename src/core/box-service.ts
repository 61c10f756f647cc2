import { Box } from "../box/index.ts";
import type { Identity } from "./github.ts";
import type { AgentSettings, JobPorts } from "./ports.ts";

/** Where boxes come from: Upstash Box, or an engine. */
export interface BoxService {
  /** @default Upstash Box */
  baseUrl?: string | undefined;
  apiKey: string;
}

/** The boxes port of a job, over the Box SDK. */
export function boxesOf(service: BoxService, identity: () => Promise<Identity>): JobPorts["boxes"] {
  return {
    async create({ agent, signal }) {
      const { login, email } = await identity();
      return Box.create({
        ...service,
        signal,
        agent: agentOptions(agent),
        git: { userName: login, userEmail: email },
      });
    },
    get: (id) => Box.get(id, service),
  };
}

/** Deletes every box of a service that nobody else uses. */
export async function deleteAllBoxes(service: BoxService): Promise<void> {
  const boxes = await Box.list(service);
  await Box.delete(
    boxes.map(({ id }) => id),
    service,
  );
}

function agentOptions({ harness, model, custom }: AgentSettings) {
  return {
    harness,
    ...(model === undefined ? {} : { model }),
    ...(custom === undefined
      ? {}
      : {
          customHarness: {
            command: custom.command,
            args: [...custom.args],
            protocol: "box-sse-v1" as const,
          },
        }),
  };
}
