import { describe, expect, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import { startPeer, withBox } from "./peer.ts";

describe("public URLs", () => {
  it("are asked for as the service names it, and listed under both names", async () => {
    const url = { url: "http://box-1-3000.localhost", port: 3000, token: "t" };
    await using peer = await startPeer(
      withBox(({ method, path }) => {
        if (method === "POST") return url;
        if (path.endsWith("/preview")) return { previews: [url] };
        return method === "DELETE" ? {} : undefined;
      }),
    );
    const box = await Box.get("box-1", peer.connection);
    expect(await box.getPublicURL(3000, { bearerToken: true, basicAuth: true })).toEqual(url);
    expect(await box.getPreviewUrl(3000)).toEqual(url);
    expect(await box.listPublicURLs()).toEqual({ publicURLs: [url] });
    expect(await box.listPreviews()).toEqual({ previews: [url] });
    await box.deletePublicURL(3000);
    await box.deletePreview(3000);
    expect(peer.requests.slice(1).map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/v2/box/box-1/preview", { port: 3000, bearer_token: true, basic_auth: true }],
      ["POST", "/v2/box/box-1/preview", { port: 3000 }],
      ["GET", "/v2/box/box-1/preview", undefined],
      ["GET", "/v2/box/box-1/preview", undefined],
      ["DELETE", "/v2/box/box-1/preview/3000", undefined],
      ["DELETE", "/v2/box/box-1/preview/3000", undefined],
    ]);
  });
});
