import { defineConfig } from "@neon/config/v1";

export default defineConfig({ x: 1, functions: { a: { name: 'A', source: './a.ts' } }, triggers: { t: { type: 'schedule', function: 'gone', cron: '* * * * *' } } } as any);
