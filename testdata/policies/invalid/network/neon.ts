// There is no network.
import { defineConfig } from "@neon/config/v1";

const answer = await fetch("https://example.com/");

export default defineConfig({ auth: answer.ok });
