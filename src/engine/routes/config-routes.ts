import { type Context, Hono } from "hono";
import {
  AddLabelRequest,
  AddSkillRequest,
  ConfigureCustomRunnerRequest,
  ConfigureModelRequest,
  MAX_LABELS,
  UpdateNetworkPolicyRequest,
} from "../../box/wire.ts";
import { inferAgent } from "../agents.ts";
import type { Boxes } from "../boxes.ts";
import { skillsWarning } from "../create-warnings.ts";
import type { Driver } from "../driver/driver.ts";
import { EngineError } from "../engine-error.ts";
import { requireEnforceable } from "../network-policy.ts";
import { requireLabel } from "../require-creatable.ts";
import { readBody } from "./read-request.ts";

/** `/{id}/config/…`: what can be changed of a box that exists. None of it wakes the box. */
export function configRoutes(boxes: Boxes, driver: Driver): Hono {
  const routes = new Hono();

  routes.put("/:id/config/model", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { model } = await readBody(context, ConfigureModelRequest);
    const agent = box.record.agent ?? inferAgent(model);
    await box.update({ model, agent });
    return context.json({ agent, model });
  });

  routes.put("/:id/config/custom-runner", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { custom_runner } = await readBody(context, ConfigureCustomRunnerRequest);
    const { agent, model } = box.record;
    // A box that had another agent has that one's model, which says nothing to a custom program.
    await box.update({
      custom_runner,
      agent: "custom",
      model: agent === "custom" && model !== undefined ? model : "custom",
    });
    return context.json({ custom_runner });
  });

  routes.put("/:id/config/network-policy", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const network_policy = await readBody(context, UpdateNetworkPolicyRequest);
    await box.setNetwork(requireEnforceable(network_policy, driver), { network_policy });
    return context.json({ network_policy });
  });

  routes.post("/:id/config/skills", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { skill_id } = await readBody(context, AddSkillRequest);
    const skills = box.record.enabled_skills ?? [];
    if (!skills.includes(skill_id)) {
      await box.update({ enabled_skills: [...skills, skill_id] });
      if (box.agentProgram !== undefined) {
        box.log.write("warn", "system", skillsWarning([skill_id]));
      }
    }
    return context.json({ enabled_skills: box.record.enabled_skills });
  });

  // The id of a skill has slashes, and clients send them as they are.
  routes.delete("/:id/config/skills/:skill{.+}", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const skill = context.req.param("skill");
    const skills = box.record.enabled_skills ?? [];
    if (!skills.includes(skill)) {
      throw new EngineError(404, "not_found", `Skill not found: ${skill} is not enabled.`);
    }
    await box.update({ enabled_skills: skills.filter((id) => id !== skill) });
    return context.json({ enabled_skills: box.record.enabled_skills });
  });

  routes.post("/:id/config/labels", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { label } = await readBody(context, AddLabelRequest);
    requireLabel(label);
    const labels = box.record.labels ?? [];
    // The texts of these two answers are the service's own; clients compare them.
    if (labels.includes(label)) throw new EngineError(409, "label_taken", "Label already added");
    if (labels.length >= MAX_LABELS) {
      const text = `labels: a box has at most ${MAX_LABELS}; remove one first.`;
      throw new EngineError(400, "invalid_request", text);
    }
    await box.update({ labels: [...labels, label] });
    return answerLabels(context, "Label added", box.record.labels);
  });

  routes.delete("/:id/config/labels/:label", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const label = context.req.param("label");
    const labels = box.record.labels ?? [];
    if (!labels.includes(label)) throw new EngineError(404, "not_found", "Label not found");
    await box.update({ labels: labels.filter((one) => one !== label) });
    return answerLabels(context, "Label removed", box.record.labels);
  });

  return routes;
}

function answerLabels(context: Context, message: string, labels: string[] = []): Response {
  return context.json({ message, labels });
}
