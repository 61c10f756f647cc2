import { expect } from "vitest";
import type { Suite } from "../suite.ts";

const PORT = 3000;
const SERVER = `require("node:http").createServer((_, response) => response.end("served")).listen(${PORT}, "127.0.0.1")`;

/** Whether something answers there; where each address has a port of its own, nobody listens any more. */
const isReached = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

export function publicUrlCases(suite: Suite): void {
  const served = async () => {
    const box = await suite.box();
    await box.exec.command(`node -e '${SERVER}' >/dev/null 2>&1 &`);
    const listens = `curl -s --retry 50 --retry-connrefused --retry-delay 0 http://127.0.0.1:${PORT}/`;
    expect((await box.exec.command(listens)).stdout).toBe("served");
    return box;
  };

  suite.it("a port is reached from outside until its address is taken back", async () => {
    const box = await served();
    const { url, port } = await box.getPublicURL(PORT);
    expect(port).toBe(PORT);
    expect(await (await fetch(url)).text()).toBe("served");
    await box.deletePublicURL(PORT);
    expect((await box.listPublicURLs()).publicURLs).toEqual([]);
    expect(await isReached(url)).toBe(false);
  });

  suite.it("a bearer token or a password is asked for, either passes", async () => {
    const box = await served();
    const access = await box.getPublicURL(PORT, { bearerToken: true, basicAuth: true });
    expect(access).toMatchObject({ token: expect.any(String), username: "user" });
    expect((await fetch(access.url)).status).toBe(401);
    const basic = Buffer.from(`user:${access.password}`).toString("base64");
    for (const authorization of [`Bearer ${access.token}`, `Basic ${basic}`]) {
      const answer = await fetch(access.url, { headers: { authorization } });
      expect(await answer.text()).toBe("served");
    }
  });

  suite.it("the list has no credentials; asking again replaces them", async () => {
    const box = await served();
    const first = await box.getPublicURL(PORT, { bearerToken: true });
    const { publicURLs } = await box.listPublicURLs();
    expect(publicURLs).toMatchObject([{ url: first.url, port: PORT }]);
    expect(JSON.stringify(publicURLs)).not.toContain(first.token);
    const second = await box.getPublicURL(PORT, { bearerToken: true });
    expect(second.token).not.toBe(first.token);
    const headers = { authorization: `Bearer ${first.token}` };
    expect((await fetch(second.url, { headers })).status).toBe(401);
  });

  suite.it("an address ends when the box pauses", async () => {
    const box = await served();
    const { url } = await box.getPublicURL(PORT);
    await box.pause();
    expect(await isReached(url)).toBe(false);
    expect((await box.listPublicURLs()).publicURLs).toEqual([]);
  });
}
