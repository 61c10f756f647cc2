import { describe, expect, it } from "vitest";
import { repositoryUrl } from "../../../src/engine/git/repository-url.ts";
import { isPrivateAddress } from "../../../src/engine/is-private-address.ts";

const none = new Set<string>();

describe("repositoryUrl", () => {
  it.each([
    ["https://github.com/acme/site", "https://github.com/acme/site", "site"],
    ["https://github.com/acme/site.git", "https://github.com/acme/site.git", "site"],
    ["github.com/acme/site/", "https://github.com/acme/site", "site"],
    [" https://git.example:8443/a/b/c.d?x=1#y ", "https://git.example:8443/a/b/c.d", "c.d"],
    ["git@github.com:acme/site.git", "https://github.com/acme/site.git", "site"],
    ["ssh://git@github.com:22/acme/site", "https://github.com/acme/site", "site"],
  ])("reads %s", (repo, url, name) => {
    expect(repositoryUrl(repo, none)).toMatchObject({ url, name });
  });

  it.each([
    ["http://github.com/acme/site", /https/],
    ["file:///etc/passwd", /not allowed/],
    ["ext::sh -c whoami", /URL|not allowed/],
    ["git@github.com:..", /name/],
    ["ssh://user:sesame@github.com/acme/site", /github_token/],
    ["https://user:sesame@github.com/acme/site", /github_token/],
    ["https://github.com/", /name/],
    ["https://github.com/acme/..", /name/],
    ["--upload-pack=touch /tmp/x", /URL|name/],
    ["", /URL|name/],
  ])("refuses %s", (repo, message) => {
    expect(() => repositoryUrl(repo, none)).toThrow(message);
  });

  it("does not repeat a credential in its refusal", () => {
    expect(() => repositoryUrl("https://user:sesame@github.com/a/b", none)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("sesame") }),
    );
  });

  it("allows plain http only to hosts that the operator named, with their port", () => {
    const allowed = new Set(["127.0.0.1:3000"]);
    expect(repositoryUrl("http://127.0.0.1:3000/a/b", allowed).url).toBe(
      "http://127.0.0.1:3000/a/b",
    );
    expect(() => repositoryUrl("http://127.0.0.1:3001/a/b", allowed)).toThrow(/https/);
  });
});

describe("isPrivateAddress", () => {
  it.each([
    ...["10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1"],
    ...["0.0.0.0", "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"],
    ...["2002:a00:1::1", "64:ff9b:1::a00:1", "fec0::1"],
  ])("holds for %s", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(["140.82.121.4", "8.8.8.8", "172.32.0.1", "2606:50c0:8000::153", "::ffff:8.8.8.8"])(
    "does not hold for %s",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});
