import {
  API_PREFIX,
  BoxData,
  CreateBoxRequest,
  DeleteBoxesRequest,
  DeletedResponse,
  ListBoxesQuery,
  ListBoxesResponse,
  StartupRequest,
  StatusResponse,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

const NOT_KEPT_ALIVE = "The box is not a keep-alive one.";

export const boxOperations: OperationGroup = {
  name: "Boxes",
  description:
    "A box is an isolated Linux machine. It is `idle`, `running` while something runs in it, and `paused` when nothing has for a while; any request that needs it wakes it.",
  operations: [
    {
      id: "createBox",
      method: "post",
      path: API_PREFIX,
      summary: "Create a box",
      description: "Every field may be left out. The box can be used when the answer is there.",
      body: CreateBoxRequest,
      answer: jsonAnswer(BoxData, "The box."),
      refusals: {
        409: "Another box has the name.",
        501: "This host cannot give what was asked for; the text says what, and what to do.",
      },
      example: { body: { name: "web", runtime: "node", env_vars: { NODE_ENV: "test" } } },
    },
    {
      id: "listBoxes",
      method: "get",
      path: API_PREFIX,
      summary: "List boxes",
      query: ListBoxesQuery,
      answer: jsonAnswer(ListBoxesResponse, "All boxes, the oldest first."),
      example: { query: { label: "staging" } },
    },
    {
      id: "deleteBoxes",
      method: "delete",
      path: API_PREFIX,
      summary: "Delete several boxes",
      description: "All or none: when one of them is unknown, none is deleted.",
      body: DeleteBoxesRequest,
      answer: jsonAnswer(DeletedResponse, "How many were deleted."),
      refusals: { 404: "One of them is unknown." },
      example: { body: { ids: ["right-flamingo-14486", "web"] } },
    },
    {
      id: "getBox",
      method: "get",
      path: BOX,
      summary: "Look at a box",
      description: "Does not wake it.",
      answer: jsonAnswer(BoxData, "The box."),
    },
    {
      id: "deleteBox",
      method: "delete",
      path: BOX,
      summary: "Delete a box",
      description: "Ends what runs in it and removes its disk. Its snapshots stay.",
      answer: jsonAnswer(DeletedResponse, "`1`."),
    },
    {
      id: "getStatus",
      method: "get",
      path: `${BOX}/status`,
      summary: "Ask for a box's status",
      answer: jsonAnswer(StatusResponse, "The status."),
    },
    {
      id: "pauseBox",
      method: "post",
      path: `${BOX}/pause`,
      summary: "Pause a box",
      description: "Ends its processes and keeps its disk and variables.",
      answer: jsonAnswer(StatusResponse, "`paused`."),
      refusals: { 400: "The box is a keep-alive one." },
    },
    {
      id: "resumeBox",
      method: "post",
      path: `${BOX}/resume`,
      summary: "Wake a box",
      answer: jsonAnswer(StatusResponse, "The status."),
    },
    {
      id: "getStartup",
      method: "get",
      path: `${BOX}/startup`,
      summary: "Read the init command",
      answer: jsonAnswer(StartupRequest, "The init command; empty when there is none."),
      refusals: { 400: NOT_KEPT_ALIVE },
    },
    {
      id: "setStartup",
      method: "put",
      path: `${BOX}/startup`,
      summary: "Set the init command",
      description:
        "A line for a shell, run at every start of a keep-alive box from the next one on.",
      body: StartupRequest,
      answer: jsonAnswer(StartupRequest, "The init command."),
      refusals: { 400: `${NOT_KEPT_ALIVE} Or a field is wrong; the text names it.` },
      example: { body: { init_command: "npm start" } },
    },
    {
      id: "deleteStartup",
      method: "delete",
      path: `${BOX}/startup`,
      summary: "Remove the init command",
      answer: jsonAnswer(StartupRequest, "An empty init command."),
      refusals: { 400: NOT_KEPT_ALIVE },
    },
  ],
};
