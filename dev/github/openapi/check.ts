import type { Answer, Call } from "../rest/route.ts";

/** Something said over REST that GitHub's own description does not allow. */
export interface ContractViolation {
  operation: string;
  where: "request" | "response";
  errors: string[];
}

/** Checks requests and responses against GitHub's OpenAPI description. */
export class ContractCheck {
  readonly violations: ContractViolation[] = [];

  request(_operation: string, _call: Call): void {}

  response(_operation: string, _answer: Answer): void {}

  errorResponse(_operation: string, _answer: Answer): void {}
}
