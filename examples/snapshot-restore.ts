// Sets a box up once, keeps it as a snapshot, and starts as many others from there.
import { Box } from "box-action/box";

const base = await Box.create({ runtime: "node", env: { STAGE: "base" } });
await base.exec.command("echo 'what takes long to set up' > prepared.txt");
const snapshot = await base.snapshot({ name: "prepared" });
console.log(`Snapshot ${snapshot.id} of ${snapshot.size_bytes} bytes.`);

// A snapshot outlives its box.
await base.delete();

try {
  const words = await Promise.all(
    ["one", "two"].map(async (name) => {
      // What is given here goes above what the snapshot holds.
      await using box = await Box.fromSnapshot(snapshot.id, { env: { STAGE: name } });
      // Each has a disk of its own: neither sees what the other writes.
      await box.exec.command("echo $STAGE >> prepared.txt");
      return (await box.files.read("prepared.txt")).trim().replace("\n", ", ");
    }),
  );
  for (const text of words) console.log(text);
} finally {
  await Box.deleteSnapshots({ snapshotIds: [snapshot.id] });
}
