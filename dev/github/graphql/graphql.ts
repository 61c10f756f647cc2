import type { Context } from "hono";
import { authenticate } from "../auth.ts";
import type { ApiParts } from "../rest/api.ts";
import { HttpError, unauthorized } from "../rest/errors.ts";
import { type CreateCommitInput, createCommitOnBranch } from "./create-commit-on-branch.ts";
import { GraphQlError } from "./graphql-error.ts";

/** GitHub takes no larger body. */
const MOST_BYTES = 45 * 1024 * 1024;

/** Answers GitHub's GraphQL API, as far as it is used here: one mutation. */
export async function serveGraphQl(parts: ApiParts, context: Context): Promise<Response> {
  const { world, failures, requests } = parts;
  const started = performance.now();
  let status = 200;
  let body: Record<string, unknown>;
  let actor: string | null = null;
  try {
    const failure = failures.take("POST", "/graphql");
    if (failure) throw new HttpError(failure.status, failure.body, failure.headers);
    const caller = authenticate(world, context.req.header("authorization") ?? null);
    if (caller.kind !== "token")
      throw unauthorized("This endpoint requires you to be authenticated.");
    actor = caller.token.user.login;
    const text = await context.req.text();
    if (text.length > MOST_BYTES) throw new HttpError(413, { message: "Payload too large" });
    const { query, variables } = JSON.parse(text) as { query: string; variables?: object };
    const isKnown =
      /^\s*mutation\b[^{]*\{\s*createCommitOnBranch\s*\(\s*input:\s*\$input\s*\)/.test(query);
    if (!isKnown)
      throw new GraphQlError("NOT_SERVED", "This GitHub serves createCommitOnBranch only.");
    const { input } = variables as { input: CreateCommitInput };
    const commit = await createCommitOnBranch(world, caller.token, input);
    body = { data: { createCommitOnBranch: { commit } } };
  } catch (error) {
    if (error instanceof GraphQlError) {
      const { type, message } = error;
      body = { data: { createCommitOnBranch: null }, errors: [{ type, message, path: [] }] };
    } else {
      status = error instanceof HttpError ? error.status : 500;
      body = error instanceof HttpError ? error.body : { message: String(error) };
    }
  }
  requests.add({
    ...{ method: "POST", path: "/graphql", query: "", operation: "createCommitOnBranch" },
    ...{ actor, status, duration: performance.now() - started },
  });
  return Response.json(body, { status });
}
