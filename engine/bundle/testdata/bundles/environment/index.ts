import { version } from "react";
import * as React from "react";
import build from "local-switch";

export default {
  fetch(): Response {
    const isDevelopment = "captureOwnerStack" in React;
    return Response.json({ set: process.env.NODE_ENV ?? null, build, react: typeof version, isDevelopment });
  },
};
