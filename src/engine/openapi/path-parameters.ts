import { MAX_LABELS } from "../../box/wire.ts";

/** What a part of a path stands for. */
export interface PathParameter {
  description: string;
  example: string;
}

/** By the name that it has in the paths of the operations. */
export const PATH_PARAMETERS: Record<string, PathParameter> = {
  id: { description: "A box's id, or its name.", example: "right-flamingo-14486" },
  run: { description: "A run's id.", example: "5f0c6f2e-9d0b-4c8e-8b7a-2f6f5f1f7f10" },
  schedule: { description: "A schedule's id.", example: "sched_k3v9q0" },
  snapshot: { description: "A snapshot's id.", example: "snap_k3v9q0" },
  label: { description: `One of the box's at most ${MAX_LABELS} labels.`, example: "staging" },
  skill: {
    description: "`owner/repository/skill`; its slashes may be sent as they are.",
    example: "acme/skills/review",
  },
  key: { description: "A variable's name.", example: "NODE_ENV" },
  port: { description: "A port of the box that has a public URL.", example: "3000" },
};
