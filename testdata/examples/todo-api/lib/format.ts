import type { Todo } from "./todo";

export const heading = (count: number): string => `Todo list, ${count} open`;

export const line = (todo: Todo): string => `${todo.done ? "[x]" : "[ ]"} ${todo.title}`;
