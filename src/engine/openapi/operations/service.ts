import { HealthResponse } from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";

export const serviceOperations: OperationGroup = {
  name: "The service",
  description: "These need no API key: they say nothing that is secret.",
  operations: [
    {
      id: "getHealth",
      method: "get",
      path: "/healthz",
      summary: "Ask whether it is up",
      isOpen: true,
      answer: jsonAnswer(HealthResponse, "It is."),
    },
    {
      id: "getOpenApi",
      method: "get",
      path: "/openapi.json",
      summary: "Get this description",
      isOpen: true,
      answer: { description: "An OpenAPI 3.1 document.", content: { "application/json": {} } },
    },
    {
      id: "getReference",
      method: "get",
      path: "/reference",
      summary: "Read this page",
      isOpen: true,
      answer: { description: "The page.", content: { "text/html": {} } },
    },
    {
      id: "getRoot",
      method: "get",
      path: "/",
      summary: "Be led to this page",
      isOpen: true,
      answer: { status: 302, description: "The way to the page.", content: {} },
    },
  ],
};
