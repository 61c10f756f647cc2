import { z } from "zod";
import { CustomRunner, NetworkPolicy } from "./box.ts";

/** What every route below `/settings/env` answers. */
export const ListEnvironmentResponse = z.object({
  env_vars: z.record(z.string(), z.string()).describe("The values are masked."),
});

/** `PUT /settings/env`: replaces all. */
export const SetAllEnvironmentRequest = z.object({ env_vars: z.record(z.string(), z.string()) });

/** `PUT /settings/env/{key}` */
export const SetEnvironmentRequest = z.object({ value: z.string() });

/** `PUT /{id}/config/model` */
export const ConfigureModelRequest = z.object({ model: z.string().min(1) });
export const ConfigureModelResponse = z.object({ agent: z.string(), model: z.string() });

/** `PUT /{id}/config/custom-runner`: the body and the answer. */
export const ConfigureCustomRunnerRequest = z.object({ custom_runner: CustomRunner });

/** `PUT /{id}/config/network-policy` */
export const UpdateNetworkPolicyRequest = NetworkPolicy;
export const UpdateNetworkPolicyResponse = z.object({ network_policy: NetworkPolicy });

/** `POST /{id}/config/skills` */
export const AddSkillRequest = z.object({
  skill_id: z.string().min(1).describe("owner/repository/skill."),
});

/** What adding and removing a skill answer. */
export const SkillsResponse = z.object({ enabled_skills: z.array(z.string()) });

/** `POST /{id}/config/labels` */
export const AddLabelRequest = z.object({
  label: z.string().min(1).describe("1 to 20 of letters, digits, ., _, : and -."),
});

/** What adding and removing a label answer. */
export const LabelsResponse = z.object({ message: z.string(), labels: z.array(z.string()) });
