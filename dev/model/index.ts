/** A scripted model for tests, the demo and benches; see README.md. */
export type { ScenarioInput } from "./scenario.ts";
export { type ModelRequest, type ScriptedModel, startModel } from "./scripted-model.ts";
