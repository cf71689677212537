// A trigger keeps its type.
// fails
export default {
  buckets: { uploads: {} },
  functions: { api: { name: "api", source: "./hello.js" } },
  triggers: { nightly: { type: "storage_object_created", bucket: "uploads", function: "api" } },
};
