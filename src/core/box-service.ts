import { Box, BoxError } from "../box/index.ts";
import type { Identity } from "./github.ts";
import type { JobSettings } from "./job-settings.ts";
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
    async create({ agent, signal, jobId, settings, snapshot }) {
      const { login, email } = await identity();
      const options = {
        ...service,
        signal,
        agent: agentOptions(agent),
        ...boxOptions(settings),
        git: { userName: login, userEmail: email },
        labels: [jobLabel(jobId)],
      };
      return snapshot === undefined ? Box.create(options) : Box.fromSnapshot(snapshot, options);
    },
    get: (id) => Box.get(id, service),
    async find(jobId) {
      const found = await Box.list({ ...service, label: jobLabel(jobId) });
      return Promise.all(found.map(({ id }) => Box.get(id, service)));
    },
  };
}

const LABEL = "job:";

/** By which a job's box is found; labels have at most 20 characters. */
function jobLabel(jobId: string): string {
  return `${LABEL}${jobId}`;
}

/** The boxes of a service that were made for jobs, whoever's. */
export async function listJobBoxes(
  service: BoxService,
): Promise<Array<{ id: string; jobId: string }>> {
  const boxes = await Box.list(service);
  return boxes.flatMap(({ id, labels = [] }) => {
    const label = labels.find((each) => each.startsWith(LABEL));
    return label === undefined ? [] : [{ id, jobId: label.slice(LABEL.length) }];
  });
}

/** Deletes boxes; one that is gone already is none to delete. */
export async function deleteBoxes(service: BoxService, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await Box.delete([id], service).catch((error) => {
      if (!BoxError.isInstance(error) || error.code !== "not_found") throw error;
    });
  }
}

/** Deletes snapshots for good; boxes made from them stay. */
export async function deleteSnapshots(
  service: BoxService,
  snapshotIds: readonly string[],
): Promise<void> {
  // None would mean all.
  if (snapshotIds.length > 0) await Box.deleteSnapshots({ ...service, snapshotIds });
}

function boxOptions({ runtime, size, network }: Pick<JobSettings, "runtime" | "size" | "network">) {
  return {
    ...(runtime === undefined ? {} : { runtime }),
    ...(size === undefined ? {} : { size }),
    ...(network === undefined ? {} : { networkPolicy: { mode: network } }),
  };
}

function agentOptions({ harness, model, apiKey, custom }: AgentSettings) {
  return {
    harness,
    ...(model === undefined ? {} : { model }),
    ...(apiKey === undefined ? {} : { apiKey }),
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
