import type { Driver, Sandbox, SandboxSpec } from "../driver/driver.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";

/**
 * Makes what a box's disk is now into layers. A box that has changed nothing shares those that it lies
 * on; of one at rest, its own disk becomes a layer; one in which something lives is copied.
 *
 * @param disk what `EngineBox.atRest` gives
 * @param to.layer the id and the folder of a layer to make, if one is needed
 * @param to.below what the box lies on, topmost first: its own layers, or fewer that show the same
 * @returns ids of all layers, topmost first
 */
export async function takeLayers(
  box: EngineBox,
  disk: { spec: SandboxSpec; sandbox: Sandbox | undefined },
  driver: Driver,
  to: { layer: { id: string; path: string }; below: readonly string[] },
): Promise<string[]> {
  const { spec, sandbox } = disk;
  if (await driver.isUnchanged(spec)) {
    const isShorter = to.below.length < box.record.layers.length;
    if (sandbox === undefined && isShorter) await putOn(box, to.below, async () => {});
    return [...to.below];
  }
  const layers = [to.layer.id, ...((await driver.standsAlone(spec)) ? [] : to.below)];
  if (sandbox !== undefined) {
    await driver.copyLayer(spec, sandbox, to.layer.path);
    return layers;
  }
  await putOn(box, layers, () => driver.detachLayer(spec, to.layer.path));
  return layers;
}

/** The record goes first: see recoverLayers for a box that is killed before the work. */
async function putOn(
  box: EngineBox,
  layers: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const before = box.record.layers;
  try {
    await box.update({ layers: [...layers] });
    // Nothing of a box that is being deleted gets onto the disk.
    if (box.record.status === "deleted") throw deleted(box);
    await work();
  } catch (error) {
    // On the disk too if that can be; a layer that is not there is left out at the next start.
    await box.update({ layers: before }).catch(() => undefined);
    throw error;
  }
}

function deleted(box: EngineBox): EngineError {
  return new EngineError(404, "not_found", `Box ${box.id} was deleted; create another one.`);
}
