import { defineConfig } from "@neon/config/v1";

function tag(target: any, key: string) { target.tags = [...(target.tags ?? []), key]; }
class P { @tag name = <string>'x'; }
export default defineConfig({ buckets: { [(P.prototype as any).tags[0]]: {} } });
