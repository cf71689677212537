import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts' } }, triggers: { x: 5, y: {}, z: { type: 'schedule', function: 'Bad-Slug', cron: '* * * * *', bucket: 'b' } } } as any);
