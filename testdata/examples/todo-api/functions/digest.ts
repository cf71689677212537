import { heading, line } from "../lib/format";
import { Filter, select, type Todo } from "../lib/todo";

export default async function digest(request: Request): Promise<Response> {
  const todos = (await request.json()) as Todo[];
  const open = select(todos, Filter.Open);
  return new Response([heading(open.length), "", ...open.map(line)].join("\n"));
}
