export const REGION = "us-east-2";

export const buckets = {
  attachments: "todo-attachments",
  exports: "todo-exports",
} as const;
