import {
  CreatePreviewRequest,
  DeletedResponse,
  ListPreviewsResponse,
  Preview,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

export const publicUrlOperations: OperationGroup = {
  name: "Public URLs",
  description:
    "Ports of a box that can be reached from outside, by HTTP and WebSockets. They end when the box is paused or deleted, and with the engine.",
  operations: [
    {
      id: "createPublicUrl",
      method: "post",
      path: `${BOX}/preview`,
      summary: "Make the URL of a port",
      description:
        "Asked for again it is the same URL with new credentials, or without any. With a token and a password, either opens. A paused box wakes up.",
      body: CreatePreviewRequest,
      answer: jsonAnswer(Preview, "The URL, and once only its credentials."),
      refusals: {
        409: "The box stopped while this was going on.",
        501: "This engine has no way to serve public URLs.",
      },
      example: { body: { port: 3000, bearer_token: true } },
    },
    {
      id: "listPublicUrls",
      method: "get",
      path: `${BOX}/preview`,
      summary: "List a box's public URLs",
      answer: jsonAnswer(ListPreviewsResponse, "The URLs, without their credentials."),
    },
    {
      id: "deletePublicUrl",
      method: "delete",
      path: `${BOX}/preview/{port}`,
      summary: "Take the URL of a port back",
      description: "What is open through it is cut off.",
      answer: jsonAnswer(DeletedResponse, "`1`."),
      refusals: { 400: "The port is no number from 1 to 65535." },
    },
  ],
};
