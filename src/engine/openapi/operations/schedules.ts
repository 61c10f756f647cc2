import {
  CreateScheduleRequest,
  ListSchedulesResponse,
  Schedule,
  UpdateScheduleRequest,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

const SCHEDULE = `${BOX}/schedules/{schedule}`;
const ANSWER = jsonAnswer(Schedule, "The schedule.");

export const scheduleOperations: OperationGroup = {
  name: "Schedules",
  description:
    "Commands and prompts that a box runs again and again. Times are UTC. One that is due while the last still runs is skipped; what was due while the engine was down is not made up for.",
  operations: [
    {
      id: "createSchedule",
      method: "post",
      path: `${BOX}/schedules`,
      summary: "Create a schedule",
      body: CreateScheduleRequest,
      answer: ANSWER,
      example: { body: { type: "exec", cron: "0 3 * * *", command: ["npm", "audit"] } },
    },
    {
      id: "listSchedules",
      method: "get",
      path: `${BOX}/schedules`,
      summary: "List a box's schedules",
      answer: jsonAnswer(ListSchedulesResponse, "The schedules."),
    },
    {
      id: "getSchedule",
      method: "get",
      path: SCHEDULE,
      summary: "Look at a schedule",
      answer: ANSWER,
    },
    {
      id: "updateSchedule",
      method: "patch",
      path: SCHEDULE,
      summary: "Change a schedule",
      description:
        "What is left out stays. An empty text, list or object and `0` clear a field, and `null` clears `agent_options`. It keeps its type.",
      body: UpdateScheduleRequest,
      answer: ANSWER,
      example: { body: { cron: "30 4 * * 1", timeout: 600_000 } },
    },
    {
      id: "deleteSchedule",
      method: "delete",
      path: SCHEDULE,
      summary: "Delete a schedule",
      answer: ANSWER,
    },
    {
      id: "pauseSchedule",
      method: "post",
      path: `${SCHEDULE}/pause`,
      summary: "Pause a schedule",
      answer: ANSWER,
    },
    {
      id: "resumeSchedule",
      method: "post",
      path: `${SCHEDULE}/resume`,
      summary: "Let a schedule go on",
      answer: ANSWER,
    },
  ],
};
