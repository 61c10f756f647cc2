import { z } from "zod";

/** One thing that an agent means to do. */
export interface Todo {
  text: string;
  status: "waiting" | "running" | "done";
  /** The agent program's own name for it, where it has names; "" until it has given it one. */
  id?: string;
  /** The use of the tool that made it. */
  call?: string;
}

/** A list that is longer says nothing. */
const MOST = 20;
const TEXT_CHARACTERS = 120;

/** OpenCode's `todowrite`, and `TodoWrite` of older Claude Codes; Codex's `update_plan` and its `todo_list`. */
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
const LIST_TOOLS = ["todowrite", "update_plan", "todo_list"];

/** Claude Code's: one use for each change, and the answer to a `TaskCreate` says what it is called. */
const TaskCreate = z.object({ subject: z.string() });
const TaskUpdate = z.object({
  taskId: z.string(),
  subject: z.string().optional(),
  status: z.string().optional(),
});
const CREATED = /^Task #(\w+) created/;

/** The agent's own list after it has used a tool; null: this tool is about something else. */
export function todosAfter(
  todos: readonly Todo[],
  { id, name, input }: { id: string; name: string; input: unknown },
): Todo[] | null {
  if (name === "TaskCreate") {
    const { success, data } = TaskCreate.safeParse(input);
    if (!success || todos.length >= MOST) return [...todos];
    return [...todos, { ...todo(data.subject, "pending"), id: "", call: id }];
  }
  if (name === "TaskUpdate") {
    const { success, data } = TaskUpdate.safeParse(input);
    return success ? updated(todos, data) : [...todos];
  }
  if (!LIST_TOOLS.includes(name.toLowerCase())) return null;
  const parsed = LISTS.safeParse(input);
  if (!parsed.success) return null;
  return parsed.data
    .filter(({ status }) => status !== "cancelled")
    .slice(0, MOST)
    .map(({ text, status }) => todo(text, status));
}

/** The list when a tool has answered, which may say what an entry is called. */
export function todosNamed(
  todos: readonly Todo[],
  { id, output }: { id: string; output: string },
): readonly Todo[] {
  const [, name] = CREATED.exec(output) ?? [];
  if (name === undefined || !todos.some(({ call }) => call === id)) return todos;
  return todos.map((each) => (each.call === id ? { ...each, id: name } : each));
}

function updated(todos: readonly Todo[], { taskId, subject, status }: z.infer<typeof TaskUpdate>) {
  return todos.flatMap((each) => {
    if (each.id !== taskId) return [each];
    if (status === "deleted") return [];
    const changed = todo(subject ?? each.text, status ?? "");
    return [{ ...each, ...changed, status: status === undefined ? each.status : changed.status }];
  });
}

function todo(text: string, status: string): Todo {
  return { text: text.slice(0, TEXT_CHARACTERS), status: asStatus(status) };
}

function asStatus(status: string): Todo["status"] {
  if (status === "completed" || status === "done") return "done";
  return status === "in_progress" ? "running" : "waiting";
}
