import { defineConfig } from "@neon/config/v1";

export default defineConfig({ dataApi: true, functions: { a: { name: 'A', source: './a.ts', x: 1 } }, triggers: { t: { type: 'schedule', function: 'gone', cron: '* * * * *' } } } as any);
