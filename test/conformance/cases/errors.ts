import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function errorCases(suite: Suite): void {
  suite.it("an error has the service's words and its status", async () => {
    const box = await suite.box();
    const { body } = await suite.call("GET", `/${box.id}/files/read?path=/none`);
    const words = String(body.error).slice(0, 20);
    await expect(box.files.read("/none")).rejects.toMatchObject({
      ...{ name: "BoxError", statusCode: 404 },
      message: expect.stringContaining(words),
    });
  });

  suite.it("a service that is not there is an error, not a hang", async () => {
    const nowhere = { ...suite.connection, baseUrl: "http://127.0.0.1:9" };
    await expect(suite.target.Box.list(nowhere)).rejects.toThrow();
  });

  suite.it(
    "bad input is refused with 400 that names the field; unknown fields are ignored",
    async () => {
      expect(await suite.call("POST", "", { size: 7 })).toMatchObject({
        ...{ status: 400, body: { error: expect.stringContaining("size") } },
      });
      const { status, body } = await suite.call("POST", "", { of_the_future: true });
      expect(status).toBe(200);
      suite.keep(body);
    },
  );

  suite.it("an error has a code that stays the same, and the request's id", async () => {
    const error = await suite.target.Box.get("none", suite.connection).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "not_found", requestId: expect.any(String) });
  }, ["codes of errors"]);
}
