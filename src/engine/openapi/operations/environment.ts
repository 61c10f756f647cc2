import {
  API_PREFIX,
  ListEnvironmentResponse,
  SetAllEnvironmentRequest,
  SetEnvironmentRequest,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";

const ANSWER = jsonAnswer(ListEnvironmentResponse, "The variables that there are now.");

export const environmentOperations: OperationGroup = {
  name: "Environment",
  description:
    "Variables for the commands of all boxes; a box's own `env_vars` come before them. Their values are never told again.",
  operations: [
    {
      id: "listEnvironment",
      method: "get",
      path: `${API_PREFIX}/settings/env`,
      summary: "List the variables",
      answer: ANSWER,
    },
    {
      id: "setAllEnvironment",
      method: "put",
      path: `${API_PREFIX}/settings/env`,
      summary: "Replace all variables",
      body: SetAllEnvironmentRequest,
      answer: ANSWER,
      example: { body: { env_vars: { NODE_ENV: "test", TZ: "UTC" } } },
    },
    {
      id: "setEnvironment",
      method: "put",
      path: `${API_PREFIX}/settings/env/{key}`,
      summary: "Set a variable",
      body: SetEnvironmentRequest,
      answer: ANSWER,
      example: { body: { value: "test" } },
    },
    {
      id: "deleteEnvironment",
      method: "delete",
      path: `${API_PREFIX}/settings/env/{key}`,
      summary: "Remove a variable",
      answer: ANSWER,
    },
  ],
};
