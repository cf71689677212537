import { heading, line } from "../lib/format";
import { Filter, select, type Todo } from "../lib/todo";

const todos: Todo[] = [{ id: 1, title: "Write a policy", done: true }];

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (request.method === "POST") {
      const { title } = (await request.json()) as { title: string };
      const todo = { id: todos.length + 1, title, done: false };
      todos.push(todo);
      return Response.json(todo, { status: 201 });
    }
    const filter = (url.searchParams.get("filter") as Filter | null) ?? Filter.All;
    const shown = select(todos, filter);
    if (request.headers.get("accept") === "text/plain") {
      return new Response([heading(shown.length), ...shown.map(line)].join("\n"));
    }
    return Response.json({ region: process.env.REGION, todos: shown });
  },
};
