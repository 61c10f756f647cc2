import type { Gateway } from "../gateway/gateway.ts";
import type { ModelKeys } from "../gateway/model-keys.ts";
import type { HarnessPrograms } from "./install/harness-programs.ts";
import type { SkillSource } from "./skill-source.ts";

/** What all agents of an engine share. */
export interface AgentServices {
  /** Who answers for models, and with which key they are asked. */
  keys: ModelKeys;
  gateway: Gateway;
  programs: HarnessPrograms;
  skills: SkillSource;
}
