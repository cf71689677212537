// What the platform would refuse is refused before anything is sent.
const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`NAME_${index}`, "x"]));
const source = "./api.ts";

export default {
  functions: {
    many: { name: "Many", source, env: many },
    large: { name: "Large", source, env: { BLOB: "x".repeat(65_536) } },
  },
  buckets: { uploads: {} },
  triggers: {
    names: { type: "schedule", function: "many", cron: "0 3 * * MON" },
    seconds: { type: "schedule", function: "many", cron: "0 0 3 * * *" },
    macro: { type: "schedule", function: "many", cron: "@daily" },
    never: { type: "schedule", function: "many", cron: "*/0 25 * * *" },
    query: { type: "storage_object_created", function: "many", bucket: "uploads", functionPath: "/in?x=1" },
    relative: { type: "storage_object_created", function: "many", bucket: "uploads", functionPath: "in" },
  },
};
