import type { Driver } from "./driver/driver.ts";
import type { EngineBox } from "./engine-box.ts";
import { isAlpine } from "./runtimes.ts";

/** What a new box's log says of wishes that are kept but not (yet) fulfilled here. */
export function createWarnings(
  { record, agentProgram }: Pick<EngineBox, "record" | "agentProgram">,
  driver: Driver,
): string[] {
  const warnings: string[] = [];
  const { size, runtime, enabled_skills, mcp_servers } = record;
  if (size !== undefined && size !== "small" && !driver.enforces.limits) {
    warnings.push(
      `size ${size}: the ${driver.name} driver holds boxes to no limits; this one may use the whole host.`,
    );
  }
  if (runtime !== undefined && isAlpine(runtime)) {
    warnings.push(`runtime ${runtime}: there is no Alpine here; this box is as without -alpine.`);
  }
  if (agentProgram === undefined) return warnings;
  if (enabled_skills !== undefined && enabled_skills.length > 0) {
    warnings.push(skillsWarning(enabled_skills));
  }
  if (mcp_servers !== undefined && mcp_servers.length > 0) {
    const names = mcp_servers.map(({ name }) => name).join(", ");
    warnings.push(`mcp_servers ${names}: kept with the box; a custom agent is not told of them.`);
  }
  return warnings;
}

/** The engine knows which skills a box has; handing them to the program is the harness's work. */
export function skillsWarning(skills: readonly string[]): string {
  return `skills ${skills.join(", ")}: kept with the box; a custom agent is not told of them.`;
}
