import { z } from "zod";

const Person = z.object({ name: z.string().min(2), age: z.coerce.number().int(), mail: z.email().optional() });

export default {
  async fetch(request: Request): Promise<Response> {
    const parsed = Person.safeParse(await request.json());
    return parsed.success
      ? Response.json(parsed.data)
      : Response.json(parsed.error.issues.map((issue) => issue.path.join(".")), { status: 422 });
  },
};
