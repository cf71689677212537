export default { branch: () => ({ protected: true, postgres: { computeSettings: { suspendTimeout: 3600 } } }) };
