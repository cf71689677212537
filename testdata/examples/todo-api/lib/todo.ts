export interface Todo {
  id: number;
  title: string;
  done: boolean;
  due?: Date;
}

export enum Filter {
  All = "all",
  Open = "open",
  Done = "done",
}

export function select(todos: readonly Todo[], filter: Filter): Todo[] {
  switch (filter) {
    case Filter.Open:
      return todos.filter((todo) => !todo.done);
    case Filter.Done:
      return todos.filter((todo) => todo.done);
    default:
      return [...todos];
  }
}
