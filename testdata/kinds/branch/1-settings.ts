export default { branch: () => ({ protected: true, postgres: { computeSettings: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4, suspendTimeout: "1h" } } }) };
