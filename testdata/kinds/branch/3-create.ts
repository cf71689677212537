// flags: --branch dev --create
export default {
  buckets: { uploads: {} },
  branch: (branch) => (branch.exists ? {} : { parent: "main", ttl: "36h", postgres: { computeSettings: { autoscalingLimitMaxCu: 1 } } }),
};
