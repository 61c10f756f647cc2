import { z } from "zod";

/** One thing that an agent means to do. */
export interface Todo {
  text: string;
  status: "waiting" | "running" | "done";
}

/** A list that is longer says nothing. */
const MOST = 20;
const TEXT_CHARACTERS = 120;

/** Claude Code's `TodoWrite` and OpenCode's `todowrite`; Codex's `update_plan`, and its `todo_list` item. */
const LISTS = z.union([
  z
    .object({ todos: z.array(z.object({ content: z.string(), status: z.string() })) })
    .transform(({ todos }) => todos.map(({ content, status }) => ({ text: content, status }))),
  z
    .object({ plan: z.array(z.object({ step: z.string(), status: z.string() })) })
    .transform(({ plan }) => plan.map(({ step, status }) => ({ text: step, status }))),
  z
    .object({ items: z.array(z.object({ text: z.string(), completed: z.boolean() })) })
    .transform(({ items }) =>
      items.map(({ text, completed }) => ({ text, status: completed ? "completed" : "pending" })),
    ),
]);

const TOOLS = ["todowrite", "update_plan", "todo_list"];

/** The agent's own list in a use of a tool; null: this tool keeps none. */
export function todosIn(tool: string, input: unknown): Todo[] | null {
  if (!TOOLS.includes(tool.toLowerCase())) return null;
  const parsed = LISTS.safeParse(input);
  if (!parsed.success) return null;
  return parsed.data
    .filter(({ status }) => status !== "cancelled")
    .slice(0, MOST)
    .map(({ text, status }) => ({
      text: text.slice(0, TEXT_CHARACTERS),
      status: asStatus(status),
    }));
}

function asStatus(status: string): Todo["status"] {
  if (status === "completed" || status === "done") return "done";
  return status === "in_progress" ? "running" : "waiting";
}
