import {
  AddLabelRequest,
  AddSkillRequest,
  ConfigureCustomRunnerRequest,
  ConfigureModelRequest,
  ConfigureModelResponse,
  GitConfig,
  LabelsResponse,
  SkillsResponse,
  UpdateNetworkPolicyRequest,
  UpdateNetworkPolicyResponse,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

const GIT_CONFIG = {
  body: GitConfig,
  answer: jsonAnswer(GitConfig, "Both values, as git has them now."),
  example: { body: { git_user_name: "Ada", git_user_email: "ada@example.com" } },
} as const;

export const configurationOperations: OperationGroup = {
  name: "Configuration",
  description: "What can be changed of a box that exists.",
  operations: [
    {
      id: "configureModel",
      method: "put",
      path: `${BOX}/config/model`,
      summary: "Choose the agent's model",
      body: ConfigureModelRequest,
      answer: jsonAnswer(ConfigureModelResponse, "The agent and its model."),
      example: { body: { model: "anthropic/claude-opus-4-6" } },
    },
    {
      id: "configureCustomRunner",
      method: "put",
      path: `${BOX}/config/custom-runner`,
      summary: "Use an agent program of one's own",
      description:
        "It is run as `command …args -p <prompt> --model <model> --stream` and prints the events of an agent run.",
      body: ConfigureCustomRunnerRequest,
      answer: jsonAnswer(ConfigureCustomRunnerRequest, "The program."),
      example: {
        body: { custom_runner: { command: "node", args: ["/workspace/home/agent.mjs"] } },
      },
    },
    {
      id: "updateNetworkPolicy",
      method: "put",
      path: `${BOX}/config/network-policy`,
      summary: "Change what the box may reach",
      description: "Holds at once, for what runs already too.",
      body: UpdateNetworkPolicyRequest,
      answer: jsonAnswer(UpdateNetworkPolicyResponse, "The policy."),
      refusals: { 501: "This host cannot enforce it." },
      example: { body: { mode: "deny-all" } },
    },
    {
      id: "addSkill",
      method: "post",
      path: `${BOX}/config/skills`,
      summary: "Enable a skill",
      body: AddSkillRequest,
      answer: jsonAnswer(SkillsResponse, "The skills that are enabled."),
      example: { body: { skill_id: "acme/skills/review" } },
    },
    {
      id: "removeSkill",
      method: "delete",
      path: `${BOX}/config/skills/{skill}`,
      summary: "Disable a skill",
      answer: jsonAnswer(SkillsResponse, "The skills that are enabled."),
    },
    {
      id: "addLabel",
      method: "post",
      path: `${BOX}/config/labels`,
      summary: "Add a label",
      body: AddLabelRequest,
      answer: jsonAnswer(LabelsResponse, "The labels."),
      refusals: { 409: "The box has the label." },
      example: { body: { label: "staging" } },
    },
    {
      id: "removeLabel",
      method: "delete",
      path: `${BOX}/config/labels/{label}`,
      summary: "Remove a label",
      answer: jsonAnswer(LabelsResponse, "The labels."),
    },
    {
      id: "configureGit",
      method: "put",
      path: `${BOX}/config/git`,
      summary: "Set whose commits they are",
      ...GIT_CONFIG,
    },
    {
      id: "configureGitAsBefore",
      method: "put",
      path: `${BOX}/git-config`,
      summary: "Set whose commits they are, for clients of 0.5",
      ...GIT_CONFIG,
    },
  ],
};
