import { z } from "zod";
import { NetworkPolicy } from "./box.ts";

/** `GET /settings/env`: the values are masked. */
export const ListEnvironmentResponse = z.object({ env_vars: z.record(z.string(), z.string()) });

/** `PUT /settings/env`: replaces all. */
export const SetAllEnvironmentRequest = z.object({ env_vars: z.record(z.string(), z.string()) });

/** `PUT /settings/env/{key}` */
export const SetEnvironmentRequest = z.object({ value: z.string() });

/** `PUT /{id}/config/model` */
export const ConfigureModelRequest = z.object({ model: z.string().min(1) });

/** `PUT /{id}/config/network-policy` */
export const UpdateNetworkPolicyRequest = NetworkPolicy;

/** `POST /{id}/config/skills` */
export const AddSkillRequest = z.object({ skill_id: z.string().min(1) });

/** `POST /{id}/config/labels` */
export const AddLabelRequest = z.object({ label: z.string().min(1) });

/** What adding and removing a label answer. */
export const LabelsResponse = z.object({ message: z.string(), labels: z.array(z.string()) });
