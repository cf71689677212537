// Enums, namespaces, parameter properties, decorators, casts and type-only imports work.
import { defineConfig } from "@neon/config/v1";

import type { Gone } from "./gone";
import { Unused } from "not-installed";

enum Size { Small = 0.25, Large = 4 }
namespace Names { export const bucket = (name: string) => `acme-${name}`; }
function tag(target: any, key: string) { (target.tags ??= []).push(key); }
class Tuning {
  @tag region = <string>"us-east-2";
  constructor(readonly max: Size) {}
}
const tuning = new Tuning(Size.Large);

export default defineConfig({
  buckets: { [Names.bucket((Tuning.prototype as any).tags[0])]: {} },
  branch: () => ({ postgres: { computeSettings: { autoscalingLimitMaxCu: tuning.max } } }) satisfies object as Gone | any,
});
