import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: '', source: './a.ts' } }, triggers: { t: { type: 'schedule', function: 'gone', cron: '* * * * *' } } } as any);
