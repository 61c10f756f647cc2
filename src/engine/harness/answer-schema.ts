import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { EngineError } from "../engine-error.ts";

/** Patterns are a client's, and texts a model's: those that look back could hold the engine up for ever. */
const linearPattern = Object.assign(
  (pattern: string) => RE2JS.compile(RE2JS.translateRegExp(pattern)),
  {
    code: "linearPattern",
  },
);

const FENCE = "```";
/** As many of a schema's complaints as help a model. */
const COMPLAINTS = 5;

/** An answer that fits, as bare JSON, as clients parse it without another look; or what is wrong with it. */
export type CheckedAnswer = { output: string } | { problem: string };

/**
 * What an answer must be.
 * @throws EngineError 400 for what is no JSON schema
 */
export function answerSchema(
  schema: Readonly<Record<string, unknown>>,
): (answer: string) => CheckedAnswer {
  // Which draft it was written for is not looked at: what people write means the same in all.
  const { $schema: _, ...rest } = schema;
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    allErrors: true,
    code: { regExp: linearPattern },
  });
  let validate: ReturnType<Ajv2020["compile"]>;
  try {
    validate = ajv.compile(rest);
  } catch (cause) {
    const message = `json_schema: ${(cause as Error).message}.`;
    throw new EngineError(400, "invalid_request", message, { cause });
  }
  return (answer) => {
    const output = withoutFence(answer.trim());
    let value: unknown;
    try {
      value = JSON.parse(output);
    } catch {
      return { problem: "it is not JSON" };
    }
    if (validate(value)) return { output };
    const complaints = (validate.errors ?? []).slice(0, COMPLAINTS);
    return {
      problem: complaints
        .map(({ instancePath, message }) => `${instancePath || "the whole"} ${message}`)
        .join("; "),
    };
  };
}

/** Models put a fence around their JSON against all advice. No pattern: it is text of any length from a box. */
function withoutFence(text: string): string {
  const first = text.indexOf("\n");
  const last = text.lastIndexOf("\n");
  const isFenced = text.startsWith(FENCE) && text.endsWith(FENCE) && first < last;
  return isFenced ? text.slice(first + 1, last) : text;
}
