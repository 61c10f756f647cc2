/** A client without an SDK: gives back the answer's body, with the status in it when it is no success. */
export function callEngine(engine: { url: string; apiKey: string }) {
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${engine.url}/v2/box${path}`, {
      method,
      headers: { "x-box-api-key": engine.apiKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Answer;
    return response.ok ? answer : { http: response.status, ...answer };
  };
}

type Answer = Record<string, unknown>;
