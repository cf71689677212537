import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { 'a-b': { name: 'A', source: './a.ts' } }, triggers: { t: { type: 'schedule', function: 'gone', cron: '* * * * *' } } } as any);
