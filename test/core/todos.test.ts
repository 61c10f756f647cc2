import { expect, it } from "vitest";
import { type Todo, todosAfter, todosNamed } from "../../src/core/todos.ts";

const read = (name: string, input: unknown) => todosAfter([], { id: "1", name, input });

it("an agent's own list is read from each program's tool, and from nothing else", () => {
  const list = [
    { text: "a", status: "done" },
    { text: "b", status: "running" },
    { text: "c", status: "waiting" },
  ];
  const todos = [
    { content: "a", status: "completed" },
    { content: "b", status: "in_progress" },
    { content: "c", status: "pending" },
    { content: "d", status: "cancelled" },
  ];
  expect(read("TodoWrite", { todos })).toEqual(list);
  expect(read("todowrite", { todos })).toEqual(list);
  const plan = todos.slice(0, 3).map(({ content, status }) => ({ step: content, status }));
  expect(read("update_plan", { plan })).toEqual(list);
  expect(read("todo_list", { items: [{ text: "a", completed: true }] })).toEqual([list[0]]);
  expect(read("Bash", { todos })).toBeNull();
  expect(read("TodoWrite", { todos: "many" })).toBeNull();
});

it("a list that is made one by one is followed by the names that the program gives", () => {
  let list: readonly Todo[] = [];
  const use = (id: string, name: string, input: object, output: string) => {
    list = todosNamed(todosAfter(list, { id, name, input }) ?? list, { id, output });
  };
  // As Claude Code 2.1.330 says it.
  use(
    "a",
    "TaskCreate",
    { subject: "Read it", description: "d" },
    "Task #7 created successfully: x",
  );
  use(
    "b",
    "TaskCreate",
    { subject: "Mend it", description: "d" },
    "Task #8 created successfully: x",
  );
  use(
    "c",
    "TaskCreate",
    { subject: "Drop it", description: "d" },
    "Task #9 created successfully: x",
  );
  use("d", "TaskUpdate", { taskId: "7", status: "completed" }, "Updated task #7 status");
  use("e", "TaskUpdate", { taskId: "8", status: "in_progress", subject: "Mend all" }, "Updated");
  use("f", "TaskUpdate", { taskId: "9", status: "deleted" }, "Updated task #9 deleted");
  use("g", "TaskUpdate", { taskId: "1", status: "completed" }, "There is none");
  use("h", "TaskUpdate", { status: 3 }, "wrong");
  expect(list.map(({ text, status }) => `${text}: ${status}`)).toEqual([
    "Read it: done",
    "Mend all: running",
  ]);
});
