// The module behind `@neon/config`: `defineConfig`, and every other name so that importing it works.
(function (kit) {
  "use strict";
  const { create, defineProperty, freeze, keys } = kit.p;

  // A frozen shallow copy, as the reference makes it. What is no object is left for validation to name.
  const defineConfig = (input) => {
    if (typeof input !== "object" || input === null || kit.p.isArray(input) || kit.kind(input) !== null) return input;
    const copy = {};
    for (const key of keys(input)) {
      defineProperty(copy, key, { __proto__: null, value: input[key], enumerable: true });
    }
    const place = kit.placeOf(input);
    return freeze(place < 0 ? copy : kit.at(place, copy));
  };

  const CODES = [
    "INVALID_CONFIG", "ENV_NOT_INJECTED", "MISSING_CONTEXT", "PUSH_CONFLICT", "PUSH_ABORTED", "CONFIG_LOAD_FAILED",
    "MISSING_API_KEY", "AMBIGUOUS_BRANCH_AUTH", "BRANCH_NOT_FOUND", "FEATURE_UNAVAILABLE", "MISSING_PARENT_BRANCH",
    "PARTIAL_BRANCH_CREATE", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "CONFLICT", "RATE_LIMITED", "LOCKED",
    "SERVER_ERROR", "NETWORK_ERROR", "INTERNAL_ERROR",
  ];
  const ErrorCode = create(null);
  for (const name of CODES) {
    const camel = name.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());
    ErrorCode[name] = ErrorCode[camel] = `PLATFORM_${name}`;
  }

  class PlatformError extends Error {
    constructor(code, message, details) {
      super(message);
      this.name = "PlatformError";
      this.code = code;
      if (details !== undefined) this.details = details;
    }
  }
  const isPlatformError = (value) => value instanceof PlatformError || /^PLATFORM_/.test(value?.code ?? "");

  const ABSENT = `resolveConfig diffConfig loadConfigFromFile createRealNeonApi createNeonApiFromOptions
    deriveCredentialScopes credentialScopesSatisfied deprecatedPreviewAuthoring previewGaWarningMessage
    previewGaWarningForConfig authoredFunctions authoredBuckets authoredAiGateway externalPackageRoot packagesToStage
    pickFunctionSourceEntry isFunctionArchiveEntry`;

  const exported = {
    defineConfig,
    DATA_API_AUTH_PROVIDERS: freeze(["neon", "external"]),
    ErrorCode: freeze(ErrorCode),
    PlatformError,
    isPlatformError,
    isPartialBranchCreateError: (value) => value?.code === "PLATFORM_PARTIAL_BRANCH_CREATE",
    errors: freeze({ PlatformError, isPlatformError }),
    schemas: freeze({}),
    FUNCTION_ARCHIVE_ENTRIES: freeze([]),
    FUNCTION_SOURCE_ENTRIES: freeze([]),
  };
  for (const name of ABSENT.trim().split(/\s+/)) {
    exported[name] = kit.absent(`${name} is not available while neonform evaluates a policy`);
  }
  return exported;
});
