import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aptSources } from "../../../src/engine/base/apt-sources.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const KEY = "/usr/share/keyrings/debian-archive-keyring.gpg";

describe("the host's own sources of packages", () => {
  it("are those of its distribution and suite, in either form, once each", async () => {
    const found = await sources({
      "sources.list": `
        # deb http://mirror.example/debian bookworm commented
        deb-src http://mirror.example/debian bookworm main
        deb http://mirror.example/debian bookworm main contrib
        deb [arch=amd64 signed-by=${KEY}] https://mirror.example/security bookworm-security main
        deb http://mirror.example/debian trixie main`,
      "sources.list.d/debian.sources": `Types: deb deb-src
# a comment in a stanza
URIs: http://mirror.example/debian
 http://other.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: ${KEY}

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`,
      "sources.list.d/again.list": "deb http://mirror.example/debian bookworm main contrib\n",
    });
    expect(found).toEqual([
      "deb http://mirror.example/debian bookworm main contrib",
      `deb [signed-by=${KEY}] https://mirror.example/security bookworm-security main`,
      `deb [signed-by=${KEY}] http://mirror.example/debian bookworm main contrib`,
      `deb [signed-by=${KEY}] http://mirror.example/debian bookworm-updates main contrib`,
      `deb [signed-by=${KEY}] http://other.example/debian bookworm main contrib`,
      `deb [signed-by=${KEY}] http://other.example/debian bookworm-updates main contrib`,
    ]);
  });

  it("are not those that somebody added, nor those that work on the host alone", async () => {
    const found = await sources({
      "sources.list.d/docker.list":
        "deb [signed-by=/etc/apt/keyrings/docker.asc] https://docker.example/linux bookworm stable",
      "sources.list.d/docker-archive.list":
        "deb [signed-by=/usr/share/keyrings/docker-archive-keyring.gpg] https://docker.example/linux bookworm stable",
      "sources.list.d/node.sources":
        "Types: deb\nURIs: https://node.example/\nSuites: nodistro\nComponents: main\n",
      "sources.list.d/embedded.sources":
        "Types: deb\nURIs: https://own.example/\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n",
      "sources.list":
        "deb mirror+file:/etc/apt/mirrors.txt bookworm main\ndeb cdrom:[x]/ bookworm main\n",
      "sources.list.d/off.list.disabled": "deb http://mirror.example/debian bookworm main\n",
    });
    expect(found).toEqual([]);
  });

  it("are none where apt is not configured", async () => {
    expect(await aptSources("bookworm", "/none")).toEqual([]);
  });
});

async function sources(files: Record<string, string>): Promise<string[]> {
  await using etc = await temporaryFolder();
  await mkdir(join(etc.path, "sources.list.d"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(etc.path, name), text);
  return aptSources("bookworm", etc.path);
}
