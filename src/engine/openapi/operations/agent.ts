import {
  AgentEventData,
  AgentRunForm,
  AgentRunInBackgroundForm,
  AgentRunInBackgroundRequest,
  AgentRunInBackgroundResponse,
  AgentRunRequest,
  CancelRunResponse,
  ListLogsQuery,
  ListLogsResponse,
  ListRunsResponse,
  RunRecord,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

const REFUSALS = {
  400: "The box has no agent, or a field is wrong; the text says which.",
  413: "A file or the whole body is too large.",
  501: "This host has no program for the box's agent, or none that takes `agent_options`.",
};

export const agentOperations: OperationGroup = {
  name: "Agents and runs",
  description:
    "A prompt for the box's agent, and every command, is a run. A run goes on when its client leaves, until it ends or is cancelled.",
  operations: [
    {
      id: "runAgent",
      method: "post",
      path: `${BOX}/run/stream`,
      summary: "Give the agent a prompt and read along",
      isRun: true,
      tellsRun: true,
      body: AgentRunRequest,
      form: AgentRunForm,
      answer: {
        description: "Server-sent events, from `run_start` to `done` or `error` and then `stats`.",
        content: {
          "text/event-stream": {
            events: AgentEventData,
            description:
              "An agent may send others. A comment (a line that begins with a colon) says that it still works.",
          },
        },
      },
      refusals: REFUSALS,
      example: { body: { prompt: "Mend the failing test.", folder: "site" } },
    },
    {
      id: "runAgentInBackground",
      method: "post",
      path: `${BOX}/run`,
      summary: "Give the agent a prompt and hear of its end",
      description: "The answer comes at once; the webhook is told when the run has ended.",
      isRun: true,
      tellsRun: true,
      body: AgentRunInBackgroundRequest,
      form: AgentRunInBackgroundForm,
      answer: jsonAnswer(AgentRunInBackgroundResponse, "The run's id."),
      refusals: REFUSALS,
      example: {
        body: { prompt: "Update the README.", webhook: { url: "https://example.com/done" } },
      },
    },
    {
      id: "listRuns",
      method: "get",
      path: `${BOX}/runs`,
      summary: "List a box's runs",
      answer: jsonAnswer(ListRunsResponse, "The runs, the newest first."),
    },
    {
      id: "getRun",
      method: "get",
      path: `${BOX}/runs/{run}`,
      summary: "Look at a run",
      answer: jsonAnswer(RunRecord, "The run."),
    },
    {
      id: "cancelRun",
      method: "post",
      path: `${BOX}/runs/{run}/cancel`,
      summary: "Cancel a run",
      description: "Ends its program and all that it started.",
      answer: jsonAnswer(CancelRunResponse, "Whether there was something to cancel."),
    },
    {
      id: "listLogs",
      method: "get",
      path: `${BOX}/logs`,
      summary: "Read a box's log",
      description:
        "What happened in and to the box: starts, pauses, warnings, the steps of agents.",
      query: ListLogsQuery,
      answer: jsonAnswer(ListLogsResponse, "The entries, the oldest first."),
      example: { query: { limit: "100" } },
    },
  ],
};
